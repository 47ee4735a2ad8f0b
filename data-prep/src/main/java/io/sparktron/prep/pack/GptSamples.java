package io.sparktron.prep.pack;

import io.sparktron.prep.report.PrepReport;
import io.sparktron.tokenizer.Tokenizer;
import io.sparktron.tokenizer.Tokenizers;
import io.sparktron.tokens.Manifest;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/** Samples of GPT: the token stream of a split, cut every S tokens. */
public final class GptSamples implements FamilySamples {
    private final PackSettings settings;
    private final int buckets;
    private final Dataset<Row> documents;
    private Summary summary;

    /** @param unique rows of {@link UniqueDocuments} */
    public GptSamples(Dataset<Row> unique, PackSettings settings, int buckets) {
        this.settings = settings;
        this.buckets = buckets;
        this.documents = TokenizedDocuments.from(unique, settings).persist(StorageLevel.MEMORY_AND_DISK());
    }

    @Override
    public PrepReport count() {
        summary = Summary.of(documents, settings, buckets);
        return summary.report();
    }

    @Override
    public String needs() {
        return Integer.toString(settings.sequence() + 1);
    }

    @Override
    public Manifest.Vocabulary tokenizer() {
        Tokenizer tokenizer = Tokenizers.named(settings.tokenizer());
        return new Manifest.Vocabulary(tokenizer.name(), tokenizer.vocabulary(), tokenizer.endOfText());
    }

    @Override
    public List<Manifest.DataFile> write(int split, Path folder) {
        return Packing.write(
                documents,
                summary.streams().get(split),
                folder,
                documents.sparkSession().sparkContext().hadoopConfiguration());
    }

    @Override
    public void close() {
        documents.unpersist(false);
    }
}
