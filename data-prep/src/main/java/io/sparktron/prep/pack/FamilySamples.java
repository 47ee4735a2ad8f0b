package io.sparktron.prep.pack;

import io.sparktron.tokens.Manifest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** How documents become the samples of one family of models. */
interface FamilySamples extends AutoCloseable {
    /** What {@link #units} counts in ranges of keys: tokens of a stream for GPT, samples for BERT. */
    StructType UNITS = new StructType()
            .add("split", DataTypes.StringType, false)
            .add("bucket", DataTypes.IntegerType, false)
            .add("units", DataTypes.LongType, false);

    /**
     * Makes what the samples are made of.
     *
     * @param placed rows of {@link PlacedDocuments}, which may be read twice
     * @return rows of {@link MadeDocuments}
     */
    Dataset<Row> make(Dataset<Row> placed);

    /** Why nothing can be made of a document. */
    String rule();

    /** The ids a sample needs at least, in words. */
    String needs();

    /** What the ids mean; once all is made. */
    Manifest.Vocabulary tokenizer();

    /** Files that a dataset holds beside its samples, by name; once all is made. */
    Map<String, byte[]> tokenizerFiles();

    /** @param made rows of {@link MadeDocuments} @return rows of {@link #UNITS}, to be added up */
    Dataset<Row> units(Dataset<Row> made, Copying copying, int buckets);

    /** @param unitsOfBucket [buckets] those of a split */
    SplitFiles arrange(String split, long[] unitsOfBucket);

    @Override
    void close();

    /** The files of a split, planned. */
    interface SplitFiles {
        /** K. */
        long samples();

        int files();

        /** Tokens in no sample. @param unused of the documents of the split */
        long tailTokens(long unused);

        /**
         * Writes the files.
         *
         * @param made rows of {@link MadeDocuments}
         * @return the Parquet files in name order
         */
        List<Manifest.DataFile> write(Dataset<Row> made, Copying copying, Path folder) throws IOException;
    }
}
