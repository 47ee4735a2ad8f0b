package io.sparktron.prep.pack;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Documents with what a family makes of them: the ids of a stream for GPT, samples for BERT. */
final class MadeDocuments {
    static final StructType SCHEMA = new StructType()
            .add("id", DataTypes.LongType, false)
            .add("source", DataTypes.IntegerType, false)
            .add("characters", DataTypes.LongType, false)
            .add("split", DataTypes.StringType, false)
            .add("key", DataTypes.BinaryType, false) // 32 bytes, compared as unsigned
            .add("tokens", DataTypes.LongType, false) // for GPT with end-of-text, for BERT without special ones
            .add("unused", DataTypes.LongType, false) // for BERT: tokens in no sample
            .add("samples", DataTypes.IntegerType, false) // for BERT
            .add("made", DataTypes.BinaryType, true); // little-endian int32; null if nothing can be made of it

    private MadeDocuments() {}

    /** @param placed row of {@link PlacedDocuments} */
    static Row row(Row placed, long tokens, long unused, int samples, byte[] made) {
        return RowFactory.create(
                placed.get(0),
                placed.get(1),
                placed.get(2),
                placed.get(3),
                placed.get(4),
                tokens,
                unused,
                samples,
                made);
    }

    /** Those of a split with what is made of them, as {@link Copying#keys} takes them. */
    static Dataset<Row> of(Dataset<Row> made, String split) {
        return made.filter(functions.col("made").isNotNull())
                .filter(functions.col("split").equalTo(split));
    }
}
