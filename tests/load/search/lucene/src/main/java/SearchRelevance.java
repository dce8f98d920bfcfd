import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.document.*;
import org.apache.lucene.index.*;
import org.apache.lucene.queryparser.classic.*;
import org.apache.lucene.search.*;
import org.apache.lucene.store.ByteBuffersDirectory;

/**
 * Lucene's order of the judged set: BM25, EnglishAnalyzer, MultiFieldQueryParser with our weights for fields. CORPUS, the output of "search_relevance queries",
 * and how: "bm25" (words joined by OR, the parser's default), "and" (all words), "fuzzy" (each word also within the parser's two edits).
 */
public final class SearchRelevance {
    static final String[] FIELDS = {"title", "employer", "summary", "description", "criteria"};
    static final Map<String, Float> WEIGHTS = Map.of("title", 4f, "employer", 1.5f, "summary", 0.7f, "description", 0.7f, "criteria", 1.5f);

    static Corpus index(String corpus, EnglishAnalyzer analyzer) throws IOException {
        var directory = new ByteBuffersDirectory();
        try (IndexWriter w = new IndexWriter(directory, new IndexWriterConfig(analyzer)); BufferedReader r = Files.newBufferedReader(Path.of(corpus))) {
            for (String line; (line = r.readLine()) != null; ) {
                if (line.startsWith("#") || line.isEmpty()) continue;
                String[] c = line.split("\t", -1);
                Document d = new Document();
                d.add(new StoredField("id", c[0]));
                d.add(new TextField("title", c[2], Field.Store.NO));
                d.add(new TextField("employer", c[3] + "\n" + c[9] + "\n" + c[10], Field.Store.NO));
                d.add(new TextField("summary", c[15], Field.Store.NO));
                d.add(new TextField("description", c[16], Field.Store.NO));
                d.add(new TextField("criteria", c[17], Field.Store.NO));
                d.add(new LatLonPoint("place", Double.parseDouble(c[11]), Double.parseDouble(c[12])));
                w.addDocument(d);
            }
        }
        return new Corpus(directory);
    }

    record Corpus(ByteBuffersDirectory files) {}

    /** Words outside of quotes get "~"; the parser's own syntax otherwise stays as people typed it, escaped where it is none of theirs. */
    static String text(String typed, String how) {
        StringBuilder out = new StringBuilder();
        boolean quoted = false;
        for (String word : typed.split(" ")) {
            boolean phrase = quoted || word.startsWith("\"");
            if (word.chars().filter(ch -> ch == '"').count() % 2 == 1) quoted = !quoted;
            String safe = phrase || word.startsWith("-") ? word : QueryParser.escape(word);
            out.append(out.length() > 0 ? " " : "").append(safe);
            if (how.equals("fuzzy") && !phrase && !word.startsWith("-") && word.length() > 3 && word.chars().allMatch(Character::isLetter)) out.append("~");
        }
        return out.toString();
    }

    public static void main(String[] a) throws Exception {
        EnglishAnalyzer analyzer = new EnglishAnalyzer();
        IndexSearcher searcher = new IndexSearcher(DirectoryReader.open(index(a[0], analyzer).files()));
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        int number = 0;
        for (String line : Files.readAllLines(Path.of(a[1]))) {
            String[] c = line.split("\t", -1);
            double radius = Double.parseDouble(c[3]);
            StringBuilder ids = new StringBuilder();
            if (radius >= 0) {
                MultiFieldQueryParser parser = new MultiFieldQueryParser(FIELDS, analyzer, WEIGHTS);
                if (a[2].equals("and")) parser.setDefaultOperator(QueryParser.Operator.AND);
                BooleanQuery.Builder b = new BooleanQuery.Builder().add(parser.parse(text(c[0], a[2])), BooleanClause.Occur.MUST);
                if (radius > 0) b.add(LatLonPoint.newDistanceQuery("place", Double.parseDouble(c[1]), Double.parseDouble(c[2]), radius), BooleanClause.Occur.FILTER);
                for (ScoreDoc s : searcher.search(b.build(), 10).scoreDocs)
                    ids.append(ids.length() > 0 ? " " : "").append(searcher.storedFields().document(s.doc).get("id"));
            }
            out.println(number++ + "\t" + ids);
        }
    }
}
