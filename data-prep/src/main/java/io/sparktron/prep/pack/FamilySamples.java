package io.sparktron.prep.pack;

import io.sparktron.prep.report.PrepReport;
import io.sparktron.tokens.Manifest;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.Path;

/** How the documents of a corpus become the samples of one family of models: counted first, then written. */
public interface FamilySamples extends AutoCloseable {
    /** Reads, makes and counts everything; nothing is written yet. */
    PrepReport count() throws IOException;

    /** The ids a sample needs at least, in words. */
    String needs();

    /** What the ids mean; once all is counted. */
    Manifest.Vocabulary tokenizer();

    /**
     * Writes the files of a split.
     *
     * @param split number of the split in the report
     * @return the Parquet files in name order
     */
    List<Manifest.DataFile> write(int split, Path folder) throws IOException;

    @Override
    void close();
}
