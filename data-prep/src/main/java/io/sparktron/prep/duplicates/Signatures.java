package io.sparktron.prep.duplicates;

import static org.apache.spark.sql.functions.col;

import java.util.Iterator;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** MinHash signatures of documents, a hash per band. */
public final class Signatures {
    /** Raised when the rows of the table change. */
    public static final int VERSION = 2;

    static final StructType SCHEMA = new StructType()
            .add("id", DataTypes.LongType, false)
            .add("characters", DataTypes.LongType, false)
            .add("priority", DataTypes.IntegerType, false)
            .add("bands", DataTypes.createArrayType(DataTypes.LongType, false), false)
            .add("sketch", DataTypes.BinaryType, false); // see Sketch

    private Signatures() {}

    /**
     * @param documents {@code id, characters, priority, text}
     * @return {@code id, characters, priority, bands, sketch}; a document without a word has no bands
     */
    public static Dataset<Row> from(Dataset<Row> documents, DuplicateSettings settings) {
        return documents
                .select(col("id"), col("characters"), col("priority"), col("text"))
                .mapPartitions(new Sign(settings.banding(), settings.unit(), settings.shingle()), Encoders.row(SCHEMA));
    }

    private record Sign(Banding banding, ShingleUnit unit, int shingle) implements MapPartitionsFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Iterator<Row> documents) {
            MinHash minHash = new MinHash(banding, new Shingles(unit, shingle));
            return new MappedRows(documents, document -> {
                int[] signature = minHash.signature(document.getString(3));
                boolean none = signature == null;
                return RowFactory.create(
                        document.getLong(0),
                        document.getLong(1),
                        document.getInt(2),
                        none ? new long[0] : minHash.bands(signature),
                        none ? new byte[0] : Sketch.pack(signature));
            });
        }
    }
}
