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

/**
 * Documents with their keys and splits. All documents of a cluster of near duplicates go where the smallest key among them is drawn to: so none is split between training and
 * what measures it, the draw depends on contents alone, and a document whose near duplicates are all dropped goes where it would go alone.
 */
final class PlacedDocuments {
    static final StructType SCHEMA = new StructType()
            .add("id", DataTypes.LongType, false)
            .add("source", DataTypes.IntegerType, false)
            .add("characters", DataTypes.LongType, false)
            .add("split", DataTypes.StringType, false)
            .add("key", DataTypes.BinaryType, false) // 32 bytes, compared as unsigned
            .add("text", DataTypes.BinaryType, false) // UTF-8
            .add("cuts", DataTypes.createArrayType(DataTypes.IntegerType), true); // as Pieces takes them

    private static final StructType CLUSTERED =
            new StructType().add("cluster", DataTypes.LongType, false).add("key", DataTypes.BinaryType, false);

    private PlacedDocuments() {}

    /** @param kept {@code id, source, characters, text, cluster, cuts} */
    static Dataset<Row> from(Dataset<Row> kept, PackSettings settings) {
        Splits splits = new Splits(settings.validationFraction(), settings.testFraction());
        Dataset<Row> documents = kept.select(
                functions.col("id"),
                functions.col("source"),
                functions.col("characters"),
                functions.col("text").cast(DataTypes.BinaryType).as("text"),
                functions.col("cuts"),
                functions.col("cluster"));
        Place place = new Place(settings.seed(), splits);
        if (splits.names().size() == 1) {
            return placed(documents.withColumn("drawn", functions.lit(null).cast(DataTypes.BinaryType)), place);
        }
        // Apart from the others, because a join would bring all that are in no cluster into one partition.
        Dataset<Row> alone = documents
                .filter(functions.col("cluster").isNull())
                .withColumn("drawn", functions.lit(null).cast(DataTypes.BinaryType));
        Dataset<Row> clustered = documents.filter(functions.col("cluster").isNotNull());
        Dataset<Row> drawn = clustered
                .select("cluster", "text")
                .mapPartitions(new Keys(settings.seed()), Encoders.row(CLUSTERED))
                .groupBy("cluster")
                .agg(functions.min("key").as("drawn"));
        return placed(alone.unionByName(clustered.join(drawn, "cluster")), place);
    }

    private static Dataset<Row> placed(Dataset<Row> documents, Place place) {
        return documents
                .select("id", "source", "characters", "text", "cuts", "drawn")
                .mapPartitions(place, Encoders.row(SCHEMA));
    }

    private record Keys(long seed) implements MapPartitionsFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Iterator<Row> documents) {
            return new Mapped<>(
                    documents, document -> RowFactory.create(document.get(0), DocumentKey.of(seed, document.getAs(1))));
        }
    }

    private record Place(long seed, Splits splits) implements MapPartitionsFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Iterator<Row> documents) {
            return new Mapped<>(documents, document -> {
                byte[] text = document.getAs(3);
                byte[] key = DocumentKey.of(seed, text);
                String split = splits.of(document.isNullAt(5) ? key : document.getAs(5));
                return RowFactory.create(
                        document.get(0), document.get(1), document.get(2), split, key, text, document.get(4));
            });
        }
    }
}
