package io.sparktron.prep.pack;

import io.sparktron.prep.stage.Mapped;
import java.util.Iterator;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** What became of each document, without what was made of it. */
final class CountedDocuments {
    static final StructType SCHEMA = new StructType()
            .add("id", DataTypes.LongType, false)
            .add("source", DataTypes.IntegerType, false)
            .add("split", DataTypes.StringType, false)
            .add("usable", DataTypes.BooleanType, false)
            .add("copies", DataTypes.IntegerType, false) // 0 if it is not usable
            .add("characters", DataTypes.LongType, false)
            .add("tokens", DataTypes.LongType, false) // of one copy
            .add("unused", DataTypes.LongType, false); // of those

    private CountedDocuments() {}

    /** @param made rows of {@link MadeDocuments} */
    static Dataset<Row> from(Dataset<Row> made, Copying copying) {
        return made.select(
                        functions.col("id"),
                        functions.col("source"),
                        functions.col("split"),
                        functions.col("key"),
                        functions.col("made").isNotNull(),
                        functions.col("characters"),
                        functions.col("tokens"),
                        functions.col("unused"))
                .mapPartitions(new Count(copying), Encoders.row(SCHEMA));
    }

    private record Count(Copying copying) implements MapPartitionsFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Iterator<Row> documents) {
            return new Mapped<>(documents, document -> {
                boolean usable = document.getBoolean(4);
                return RowFactory.create(
                        document.get(0),
                        document.get(1),
                        document.get(2),
                        usable,
                        usable ? copying.copies(document) : 0,
                        document.get(5),
                        document.get(6),
                        document.get(7));
            });
        }
    }
}
