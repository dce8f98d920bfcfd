import java.io.IOException;
import java.util.Objects;
import org.apache.lucene.geo.GeoEncodingUtils;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SortedNumericDocValues;
import org.apache.lucene.search.ConstantScoreScorer;
import org.apache.lucene.search.ConstantScoreWeight;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.TwoPhaseIterator;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.SloppyMath;

/**
 * Within a distance, straight from the doc values. LatLonPoint's own distance query prepares a grid of 4,096 boxes each time it runs, for an index of
 * millions; against the one vacancy of a Monitor that costs 0.2 ms a query and is all that one would measure.
 */
final class Circle extends Query {
  private final String field;
  private final double latitude, longitude, metres;

  Circle(String field, double latitude, double longitude, double metres) {
    this.field = field;
    this.latitude = latitude;
    this.longitude = longitude;
    this.metres = metres;
  }

  @Override
  public Weight createWeight(IndexSearcher searcher, ScoreMode mode, float boost) {
    return new ConstantScoreWeight(this, boost) {
      @Override
      public Scorer scorer(LeafReaderContext context) throws IOException {
        SortedNumericDocValues at = DocValues.getSortedNumeric(context.reader(), field);
        return new ConstantScoreScorer(this, score(), mode, new TwoPhaseIterator(at) {
          @Override
          public boolean matches() throws IOException {
            for (int i = 0, n = at.docValueCount(); i < n; i++) {
              long packed = at.nextValue();
              double lat = GeoEncodingUtils.decodeLatitude((int) (packed >> 32)), lon = GeoEncodingUtils.decodeLongitude((int) packed);
              if (SloppyMath.haversinMeters(latitude, longitude, lat, lon) <= metres) return true;
            }
            return false;
          }

          @Override
          public float matchCost() {
            return 20;
          }
        });
      }

      @Override
      public boolean isCacheable(LeafReaderContext context) {
        return true;
      }
    };
  }

  @Override
  public void visit(QueryVisitor visitor) {
    if (visitor.acceptField(field)) visitor.visitLeaf(this);
  }

  @Override
  public String toString(String f) {
    return "Circle(" + field + ":" + latitude + "," + longitude + " +/- " + metres + ")";
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Circle c && field.equals(c.field) && latitude == c.latitude && longitude == c.longitude && metres == c.metres;
  }

  @Override
  public int hashCode() {
    return Objects.hash(field, latitude, longitude, metres);
  }
}
