import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import org.apache.lucene.analysis.*;
import org.apache.lucene.analysis.core.WhitespaceTokenizer;
import org.apache.lucene.analysis.en.*;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.document.*;
import org.apache.lucene.facet.*;
import org.apache.lucene.facet.sortedset.*;
import org.apache.lucene.index.*;
import org.apache.lucene.search.*;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.QueryBuilder;

/**
 * Lucene as its documentation sets it up: one text field with positions, SortedSetDocValues facets with DrillSideways, LatLonPoint beside
 * LatLonDocValuesField (IndexOrDocValuesQuery chooses), LongField ranges, one segment, MMapDirectory. The protocol is that of ../harness.h; warming up takes
 * the whole time, so that the JIT has seen the queries.
 */
public final class SearchLucene {
    static final String[] FACETS = {"sector", "staff_group", "pay_band", "contract_type", "working_pattern"};
    static final int PATTERN = 4, TOP = 20;

    static FacetsConfig config() {
        FacetsConfig c = new FacetsConfig();
        c.setMultiValued("working_pattern", true);
        return c;
    }

    // ---- building

    static final boolean OWN = !System.getenv().getOrDefault("OWN_ANALYSER", "").isEmpty();

    /** Words between spaces; with OWN_ANALYSER the chain of EnglishAnalyzer. */
    static Analyzer analyzer() {
        return new Analyzer() {
            @Override
            protected TokenStreamComponents createComponents(String field) {
                if (!OWN) return new TokenStreamComponents(new WhitespaceTokenizer());
                Tokenizer source = new StandardTokenizer();
                TokenStream kept = new StopFilter(new LowerCaseFilter(new EnglishPossessiveFilter(source)), EnglishAnalyzer.getDefaultStopSet());
                return new TokenStreamComponents(source, new PorterStemFilter(kept));
            }

            @Override
            public int getPositionIncrementGap(String field) {
                return 100;
            }
        };
    }

    static Document document(String line) {
        String[] c = line.split("\t", -1);
        Document d = new Document();
        d.add(new NumericDocValuesField("number", Long.parseLong(c[0])));
        for (int k = 0; k < PATTERN; k++) if (!c[1 + k].isEmpty()) d.add(new SortedSetDocValuesFacetField(FACETS[k], c[1 + k]));
        for (String p : c[5].split(",")) d.add(new SortedSetDocValuesFacetField(FACETS[PATTERN], p));
        for (String p : c[6].isEmpty() ? new String[0] : c[6].split(";")) {
            String[] at = p.split(",");
            double lat = Double.parseDouble(at[0]), lon = Double.parseDouble(at[1]);
            d.add(new LatLonPoint("place", lat, lon));
            d.add(new LatLonDocValuesField("place", lat, lon));
        }
        long closes = Long.parseLong(c[10]);
        d.add(new LongField("salary", Long.parseLong(c[7]), Field.Store.NO));
        d.add(new NumericDocValuesField("published", Long.parseLong(c[9])));
        d.add(new LongField("closes", closes == 0 ? Long.MAX_VALUE : closes, Field.Store.NO));
        for (int k = 11; k < 16; k++) for (String part : c[k].split("\\|")) d.add(new TextField("text", part, Field.Store.NO));
        return d;
    }

    static void build(String corpus, String dir) throws Exception {
        long from = System.nanoTime();
        FacetsConfig facets = config();
        IndexWriterConfig wc = new IndexWriterConfig(analyzer()).setRAMBufferSizeMB(1000).setOpenMode(IndexWriterConfig.OpenMode.CREATE);
        ArrayBlockingQueue<String> lines = new ArrayBlockingQueue<>(1000);
        try (IndexWriter w = new IndexWriter(new MMapDirectory(Path.of(dir, "index")), wc)) {
            ExecutorService pool = Executors.newFixedThreadPool(2);
            List<Future<Void>> done = new ArrayList<>();
            for (int t = 0; t < 2; t++)
                done.add(pool.submit(() -> {
                    for (String line; !(line = lines.take()).isEmpty(); ) w.addDocument(facets.build(document(line)));
                    return null;
                }));
            try (BufferedReader r = Files.newBufferedReader(Path.of(corpus))) {
                for (String line; (line = r.readLine()) != null; ) lines.put(line);
            }
            for (int t = 0; t < 2; t++) lines.put("");
            for (Future<Void> f : done) f.get();
            pool.shutdown();
            w.forceMerge(1);
        }
        System.out.printf(Locale.ROOT, "build %.3f 0%n", (System.nanoTime() - from) / 1e9);
    }

    // ---- queries

    static final class Asked {
        final List<String> words;
        final String text;
        final boolean quoted, facets;
        final String[][] codes = new String[5][];
        final long salary, now;
        final double lat, lon, radius;

        Asked(String line) {
            String[] c = line.split("\t", -1);
            text = c[3];
            words = c[3].isEmpty() ? List.of() : List.of(c[3].split(" "));
            quoted = c[4].equals("1");
            for (int k = 0; k < 5; k++) codes[k] = c[5 + k].isEmpty() ? new String[0] : c[5 + k].split(",");
            salary = Long.parseLong(c[10]);
            lat = Double.parseDouble(c[11]);
            lon = Double.parseDouble(c[12]);
            radius = Double.parseDouble(c[13]);
            facets = c[14].equals("1");
            now = Long.parseLong(c[15]);
        }
    }

    static final Analyzer ANALYZER = analyzer();
    final IndexSearcher searcher;
    final SortedSetDocValuesReaderState state;
    final FacetsConfig config = config();
    final DrillSideways sideways;

    SearchLucene(String dir) throws IOException {
        DirectoryReader reader = DirectoryReader.open(new MMapDirectory(Path.of(dir, "index")));
        searcher = new IndexSearcher(reader);
        state = new DefaultSortedSetDocValuesReaderState(reader, config);
        sideways = new DrillSideways(searcher, config, state);
    }

    /** Text, place, time, pay; facet filters are added by the DrillDownQuery. */
    static Query base(Asked q) {
        BooleanQuery.Builder b = new BooleanQuery.Builder();
        if (OWN) {
            QueryBuilder builder = new QueryBuilder(ANALYZER);
            Query text = q.quoted ? builder.createPhraseQuery("text", q.text) : builder.createBooleanQuery("text", q.text, BooleanClause.Occur.MUST);
            if (text != null) b.add(text, BooleanClause.Occur.MUST);
        } else if (q.quoted) b.add(new PhraseQuery("text", q.words.toArray(new String[0])), BooleanClause.Occur.MUST);
        else for (String w : q.words) b.add(new TermQuery(new Term("text", w)), BooleanClause.Occur.MUST);
        if (q.radius > 0)
            b.add(new IndexOrDocValuesQuery(LatLonPoint.newDistanceQuery("place", q.lat, q.lon, q.radius), LatLonDocValuesField.newSlowDistanceQuery("place", q.lat, q.lon, q.radius)),
                BooleanClause.Occur.FILTER);
        if (q.salary > 0) b.add(LongField.newRangeQuery("salary", q.salary, Long.MAX_VALUE), BooleanClause.Occur.FILTER);
        b.add(LongField.newRangeQuery("closes", q.now + 1, Long.MAX_VALUE), BooleanClause.Occur.FILTER);
        return b.build();
    }

    Query query(Asked q) {
        DrillDownQuery d = new DrillDownQuery(config, base(q));
        for (int k = 0; k < 5; k++) for (String code : q.codes[k]) d.add(FACETS[k], code);
        return d;
    }

    static long hash(String facet, String code) {
        long h = 0xcbf29ce484222325L;
        for (byte b : (facet + ":" + code).getBytes(StandardCharsets.UTF_8)) h = (h ^ (b & 0xff)) * 0x100000001b3L;
        return h;
    }

    long[] run(Asked q) throws IOException {
        Query query = query(q);
        TopDocs best;
        long facets = 0;
        if (q.facets) {
            var r = sideways.search((DrillDownQuery) query, new TopScoreDocCollectorManager(TOP, null, Integer.MAX_VALUE, false));
            best = r.collectorResult;
            for (String f : FACETS) {
                FacetResult counts = r.facets.getTopChildren(1000, f);
                if (counts != null) for (LabelAndValue v : counts.labelValues) facets += hash(f, v.label) * v.value.longValue();
            }
        } else if (q.words.isEmpty())
            best = searcher.search(query, new TopFieldCollectorManager(new Sort(new SortField("published", SortField.Type.LONG, true)), TOP, null, Integer.MAX_VALUE, false));
        else best = searcher.search(query, new TopScoreDocCollectorManager(TOP, null, Integer.MAX_VALUE, false));
        ScoreDoc[] byDoc = best.scoreDocs.clone();
        Arrays.sort(byDoc, Comparator.comparingInt(s -> s.doc));
        NumericDocValues numbers = searcher.getIndexReader().leaves().get(0).reader().getNumericDocValues("number");
        for (ScoreDoc s : byDoc) if (!numbers.advanceExact(s.doc)) throw new IllegalStateException();
        return new long[] {best.totalHits.value, facets};
    }

    // ---- measuring

    static final class Samples {
        int n;
        final int[] query = new int[1 << 21];
        final long[] ns = new long[1 << 21];
    }

    static double pass(SearchLucene e, Asked[] queries, long[][] answers, Samples[] threads, double seconds) throws Exception {
        AtomicLong next = new AtomicLong();
        long from = System.nanoTime(), deadline = from + (long) (seconds * 1e9);
        ExecutorService pool = Executors.newFixedThreadPool(threads.length);
        List<Future<Void>> done = new ArrayList<>();
        for (Samples s : threads)
            done.add(pool.submit(() -> {
                s.n = 0;
                while (System.nanoTime() < deadline) {
                    int i = (int) (next.getAndIncrement() % queries.length);
                    long start = System.nanoTime();
                    long[] answer = e.run(queries[i]);
                    long took = System.nanoTime() - start;
                    if (s.n < s.ns.length) {
                        s.query[s.n] = i;
                        s.ns[s.n++] = took;
                    }
                    if (answers[i] == null) answers[i] = answer;
                }
                return null;
            }));
        for (Future<Void> f : done) f.get();
        pool.shutdown();
        return (System.nanoTime() - from) / 1e9;
    }

    static void measure(String dir, String queriesPath, int n, double seconds, String out) throws Exception {
        SearchLucene e = new SearchLucene(dir);
        Asked[] queries = Files.lines(Path.of(queriesPath)).map(Asked::new).toArray(Asked[]::new);
        long[][] answers = new long[queries.length][];
        Samples[] threads = new Samples[n];
        for (int t = 0; t < n; t++) threads[t] = new Samples();
        pass(e, queries, answers, threads, seconds);
        double took = pass(e, queries, answers, threads, seconds);
        long runs = 0;
        try (PrintWriter w = new PrintWriter(new BufferedWriter(new FileWriter(out)))) {
            for (int i = 0; i < queries.length; i++)
                if (answers[i] != null) w.println("A\t" + i + "\t" + answers[i][0] + "\t" + Long.toUnsignedString(answers[i][1]));
            for (Samples s : threads) {
                runs += s.n;
                for (int i = 0; i < s.n; i++) w.println("S\t" + s.query[i] + "\t" + s.ns[i]);
            }
        }
        System.out.printf(Locale.ROOT, "run %d %.3f%n", runs, took);
    }

    public static void main(String[] a) throws Exception {
        if (a.length == 3 && a[0].equals("build")) build(a[1], a[2]);
        else if (a.length == 6 && a[0].equals("run")) measure(a[1], a[2], Integer.parseInt(a[3]), Double.parseDouble(a[4]), a[5]);
        else {
            System.err.println("usage: build CORPUS DIR | run DIR QUERIES THREADS SECONDS OUT");
            System.exit(2);
        }
    }
}
