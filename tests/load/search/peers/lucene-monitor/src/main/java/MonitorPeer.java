import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.core.WhitespaceTokenizer;
import org.apache.lucene.analysis.FilteringTokenFilter;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.LatLonDocValuesField;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.Term;
import org.apache.lucene.monitor.MatchingQueries;
import org.apache.lucene.monitor.Monitor;
import org.apache.lucene.monitor.MonitorConfiguration;
import org.apache.lucene.monitor.MonitorQuery;
import org.apache.lucene.monitor.MultipassTermFilteredPresearcher;
import org.apache.lucene.monitor.Presearcher;
import org.apache.lucene.monitor.QueryMatch;
import org.apache.lucene.monitor.TermFilteredPresearcher;
import org.apache.lucene.monitor.TermWeightor;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;

/**
 * The same saved searches and vacancies in Lucene's Monitor.
 *
 * <p>usage: MonitorPeer TOKENS ALERTS N COUNTS LEARNED [multipass]. TOKENS: search_corpus tokens; the first LEARNED vacancies warm up, the rest are
 * measured. COUNTS: "vacancy, matches, sum of their numbers", to be compared. Prints the lines that scripts/bench.d/alerts reads.
 */
public final class MonitorPeer {
  private static final String[] CODES = {"sector", "staff_group", "pay_band", "contract_type", "working_pattern"};
  private static final int BATCH = 5000;

  /** Our analyser's tokens stand between spaces; "|" is a gap that no phrase crosses. */
  private static final class Tokens extends Analyzer {
    @Override
    protected TokenStreamComponents createComponents(String field) {
      Tokenizer words = new WhitespaceTokenizer();
      return new TokenStreamComponents(words, new FilteringTokenFilter(words) {
        private final CharTermAttribute term = addAttribute(CharTermAttribute.class);

        @Override
        protected boolean accept() {
          return term.length() != 1 || term.charAt(0) != '|';
        }
      });
    }

    @Override
    public int getPositionIncrementGap(String field) {
      return 100;
    }
  }

  private static void require(BooleanQuery.Builder all, Query q) {
    all.add(q, Occur.MUST);
  }

  private static Query phrase(String[] words) {
    return words.length == 1 ? new TermQuery(new Term("text", words[0])) : new PhraseQuery("text", words);
  }

  private static String[] words(String s) {
    return s.isEmpty() ? new String[0] : s.split(" ");
  }

  private static Query anyOf(String field, String codes) {
    BooleanQuery.Builder any = new BooleanQuery.Builder();
    for (String code : codes.split(",")) any.add(new TermQuery(new Term(field, code)), Occur.SHOULD);
    return any.build();
  }

  /** A line of bench_alerts make: number, text, words, without, phrase, five codes, salary, remote, latitude, longitude, radius. */
  private static MonitorQuery alert(String line) {
    String[] c = line.split("\t", -1);
    BooleanQuery.Builder all = new BooleanQuery.Builder();
    for (String w : words(c[2])) require(all, new TermQuery(new Term("text", w)));
    for (String w : words(c[3])) all.add(new TermQuery(new Term("text", w)), Occur.MUST_NOT);
    if (!c[4].isEmpty()) require(all, phrase(words(c[4])));
    for (int i = 0; i < CODES.length; i++) if (!c[5 + i].isEmpty()) require(all, anyOf(CODES[i], c[5 + i]));
    if (!c[10].equals("0")) require(all, LongPoint.newRangeQuery("salary", Long.parseLong(c[10]), Long.MAX_VALUE));
    if (c[11].equals("1")) require(all, new TermQuery(new Term("remote", "1")));
    double radius = Double.parseDouble(c[14]);
    if (radius > 0) require(all, new Circle("place", Double.parseDouble(c[12]), Double.parseDouble(c[13]), radius));
    BooleanQuery q = all.build();
    boolean nothing = q.clauses().stream().noneMatch(x -> x.getOccur() == Occur.MUST);
    if (nothing) all.add(new MatchAllDocsQuery(), Occur.MUST);
    return new MonitorQuery(c[0], all.build());
  }

  private static final FieldType TEXT = new FieldType(TextField.TYPE_NOT_STORED);

  private static Document vacancy(String line) {
    String[] c = line.split("\t", -1);
    Document d = new Document();
    for (int i = 0; i < 4; i++) if (!c[1 + i].isEmpty()) d.add(new StringField(CODES[i], c[1 + i], Field.Store.NO));
    for (String p : c[5].split(",")) if (!p.isEmpty()) d.add(new StringField(CODES[4], p, Field.Store.NO));
    for (String at : c[6].split(";")) {
      String[] degrees = at.split(",");
      if (degrees.length == 2) d.add(new LatLonDocValuesField("place", Double.parseDouble(degrees[0]), Double.parseDouble(degrees[1])));
    }
    d.add(new LongPoint("salary", Long.parseLong(c[7])));
    d.add(new StringField("remote", c[8], Field.Store.NO));
    for (int i = 11; i < c.length; i++) d.add(new Field("text", c[i], TEXT));
    return d;
  }

  /** How frequent each term is in the vacancies that warm up: what its documentation suggests where terms are skewed. */
  private static Map<String, Integer> frequencies(List<String> lines) {
    Map<String, Integer> n = new HashMap<>();
    for (String line : lines) {
      String[] c = line.split("\t", -1);
      for (int i = 11; i < c.length; i++) for (String w : words(c[i])) n.merge(w, 1, Integer::sum);
    }
    return n;
  }

  private static long register(Monitor monitor, Path alerts, int n) throws IOException {
    long from = System.nanoTime();
    List<MonitorQuery> batch = new ArrayList<>();
    try (BufferedReader r = Files.newBufferedReader(alerts, StandardCharsets.UTF_8)) {
      String line;
      for (int i = 0; i < n && (line = r.readLine()) != null; i++) {
        batch.add(alert(line));
        if (batch.size() < BATCH) continue;
        monitor.register(batch);
        batch.clear();
      }
    }
    if (!batch.isEmpty()) monitor.register(batch);
    return System.nanoTime() - from;
  }

  private static long used() {
    for (int i = 0; i < 3; i++) System.gc();
    Runtime r = Runtime.getRuntime();
    return r.totalMemory() - r.freeMemory();
  }

  private static void count(PrintWriter out, String id, MatchingQueries<QueryMatch> found) {
    long sum = 0, n = 0;
    for (QueryMatch m : found.getMatches()) {
      sum += Long.parseLong(m.getQueryId());
      n++;
    }
    out.printf("%s\t%d\t%d%n", id, n, sum);
  }

  public static void main(String[] args) throws IOException {
    List<String> lines = Files.readAllLines(Path.of(args[0]), StandardCharsets.UTF_8);
    int n = Integer.parseInt(args[2]), learned = Integer.parseInt(args[4]);
    TermWeightor rare = TermWeightor.termFreqWeightor(frequencies(lines.subList(0, learned)), 100, 0.8f);
    boolean multipass = args.length > 5 && args[5].equals("multipass");
    Presearcher presearcher = multipass
        ? new MultipassTermFilteredPresearcher(2, 0.0f, rare, List.of(), java.util.Set.of())
        : new TermFilteredPresearcher(rare, List.of(), java.util.Set.of());
    MonitorConfiguration how = new MonitorConfiguration();
    how.setQueryUpdateBufferSize(BATCH);
    long before = used();
    try (Monitor monitor = new Monitor(new Tokens(), presearcher, how); PrintWriter out = new PrintWriter(args[3])) {
      long took = register(monitor, Path.of(args[1]), n);
      double bytes = (double) (used() - before) / n;
      System.out.printf(Locale.ROOT, "register %d alerts in %.1f s%n", n, took / 1e9);
      long[] ns = new long[lines.size() - learned];
      double sum = 0, matches = 0, candidates = 0;
      for (int i = 0; i < lines.size(); i++) {
        long from = System.nanoTime();
        MatchingQueries<QueryMatch> found = monitor.match(vacancy(lines.get(i)), QueryMatch.SIMPLE_MATCHER);
        long spent = System.nanoTime() - from;
        if (i < learned) continue;
        ns[i - learned] = spent;
        sum += spent;
        matches += found.getMatchCount();
        candidates += found.getQueriesRun();
        count(out, lines.get(i).substring(0, lines.get(i).indexOf('\t')), found);
      }
      Arrays.sort(ns);
      System.out.printf(Locale.ROOT, "peer\t%d\t%.4f\t%.4f\t%.1f\t%.0f\t%.0f\t%.1f%n", n, ns[ns.length / 2] / 1e6, ns[(int) (ns.length * 99L / 100)] / 1e6,
          matches / ns.length, 1e9 * ns.length / sum, bytes, candidates / ns.length);
    }
  }
}
