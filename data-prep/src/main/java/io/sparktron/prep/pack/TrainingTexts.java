package io.sparktron.prep.pack;

import io.sparktron.prep.stage.Mapped;
import java.util.Iterator;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** What a tokenizer is trained on: the pieces of the training split's documents, each once, whatever the blend. */
final class TrainingTexts {
    private static final StructType TEXT = new StructType().add("text", DataTypes.StringType, false);

    private TrainingTexts() {}

    /** @param placed rows of {@link PlacedDocuments} */
    static Dataset<Row> of(Dataset<Row> placed) {
        return placed.filter(functions.col("split").equalTo(Splits.TRAIN))
                .select("text", "cuts")
                .flatMap(new OfDocument(), Encoders.row(TEXT));
    }

    private record OfDocument() implements FlatMapFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Row document) {
            return new Mapped<>(Pieces.of(document, 0, 1).iterator(), RowFactory::create);
        }
    }
}
