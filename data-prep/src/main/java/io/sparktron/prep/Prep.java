package io.sparktron.prep;

import io.sparktron.prep.pack.PackSettings;
import io.sparktron.prep.pack.PackedDatasets;
import io.sparktron.prep.pack.Totals;
import io.sparktron.prep.pack.UniqueDocuments;
import io.sparktron.prep.read.Compression;
import io.sparktron.prep.read.DropReason;
import io.sparktron.prep.read.InputFile;
import io.sparktron.prep.read.InputFiles;
import io.sparktron.prep.read.InputFormat;
import io.sparktron.prep.read.SourceSettings;
import io.sparktron.prep.report.PrepReport;
import io.sparktron.prep.report.Provenance;
import io.sparktron.prep.report.ReportFile;
import io.sparktron.prep.report.ReportTable;
import io.sparktron.prep.stage.HadoopPaths;
import io.sparktron.tokenizer.WordPieceTokenizer;
import io.sparktron.tokenizer.WordPieceVocabulary;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.JsonFiles;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Corpus to token dataset and report: {@code <output>/train}, {@code <output>/validation}, {@code <output>/report.json}.
 *
 * <p>Two Spark jobs count and write. The first reads, normalises, hashes, shuffles once, drops duplicates and tokenizes, and
 * sums up per bucket; from the sums the driver knows where every bucket begins in the stream. The second cuts the streams into files.
 * The driver holds a few numbers per bucket and file, never text or tokens. Nothing is written before the first job has shown that the input is usable.
 */
public final class Prep {
    private static final Logger LOG = LoggerFactory.getLogger(Prep.class);
    /** Input bytes of a bucket, about. */
    private static final long BUCKET_BYTES = 64 << 20;
    /** How much a compressed file grows, about. */
    private static final int EXPANSION = 4;

    private final SparkSession spark;
    private final PrepSettings settings;
    private final Configuration configuration;
    private final Path output;

    private Prep(SparkSession spark, PrepSettings settings) throws IOException {
        this.spark = spark;
        this.settings = settings;
        this.configuration = spark.sparkContext().hadoopConfiguration();
        Path path = HadoopPaths.parse("prep.output", settings.output());
        FileSystem files = HadoopPaths.fileSystem("prep.output", path, configuration);
        this.output = files.makeQualified(path);
    }

    /**
     * Prepares the corpus, or keeps an output that is complete for the same input and settings.
     *
     * @param out receives the report as a table, and where the result lies
     * @throws InvalidInputException if an input is missing or unreadable, no document is usable, a split is too
     *     small for a sample, or the output folder holds something else; then nothing was written
     */
    public static PrepReport run(SparkSession spark, PrepSettings settings, PrintStream out) throws IOException {
        Prep prep = new Prep(spark, settings);
        PrepReport report = prep.run();
        ReportTable.print(report, out);
        out.println((report.kept() ? "kept " : "wrote ") + prep.output);
        return report;
    }

    private PrepReport run() throws IOException {
        long begin = System.nanoTime();
        List<InputFile> files = InputFiles.list(settings.sources(), configuration, output);
        Optional<WordPieceVocabulary> vocabulary = givenVocabulary();
        Provenance provenance = Provenance.of(provenance(vocabulary), files);
        Optional<PrepReport> prior = PriorOutput.find(output, provenance, configuration);
        if (prior.isPresent()) {
            LOG.info("{} is complete for this input and these settings: kept", output);
            return prior.get();
        }
        int buckets = buckets(files);
        LOG.info("reading {} files, {} MB, into {} partitions", files.size(), provenance.inputBytes() >> 20, buckets);
        Dataset<Row> unique = UniqueDocuments.from(
                        new Documents(settings, buckets).read(spark, files), settings.pack(), buckets)
                .persist(StorageLevel.MEMORY_AND_DISK());
        try (PackedDatasets packed = pack(unique, vocabulary)) {
            PrepReport report = report(unique, packed);
            requireDocuments(report);
            packed.requireSamples();
            LOG.info("tokenized {} documents in {} s", report.documents(), seconds(begin));
            write(packed, report, provenance);
            LOG.info("wrote {} in {} s", output, seconds(begin));
            return report;
        } finally {
            unique.unpersist(false);
        }
    }

    private PackedDatasets pack(Dataset<Row> unique, Optional<WordPieceVocabulary> vocabulary) {
        try {
            return PackedDatasets.of(UniqueDocuments.kept(unique), settings.pack(), vocabulary);
        } catch (Exception failed) {
            throw asInputError(failed);
        }
    }

    private PrepReport report(Dataset<Row> unique, PackedDatasets packed) {
        Totals totals = new Totals();
        Dataset<Row> fates = UniqueDocuments.identified(unique)
                .join(packed.documents().select("id", "split", "rule"), "id", "left_outer")
                .withColumn(
                        "fate",
                        functions.coalesce(
                                functions.col("split"),
                                functions.when(
                                        functions.col("rule").isNotNull(),
                                        functions.lit(DropReason.ONE_SENTENCE.name())),
                                functions.col("fate")));
        for (Row row : fates.groupBy("fate")
                .agg(functions.count("*"), functions.sum("characters"), functions.min("location"))
                .collectAsList()) {
            totals.add(row.getString(0), row.getLong(1), row.getLong(2), 0, row.getString(3));
        }
        return totals.report(packed.report().splits().stream()
                .map(split -> new PrepReport.Split(
                        split.name(),
                        split.documents(),
                        split.characters(),
                        split.tokens(),
                        split.samples(),
                        split.tailTokens(),
                        split.files()))
                .toList());
    }

    /** That of {@code prep.vocabulary-file}. */
    private Optional<WordPieceVocabulary> givenVocabulary() throws IOException {
        if (settings.pack().bert() == null || settings.pack().bert().vocabularyFile() == null) {
            return Optional.empty();
        }
        Path file =
                HadoopPaths.parse("prep.vocabulary-file", settings.pack().bert().vocabularyFile());
        WordPieceVocabulary vocabulary = WordPieceVocabulary.read(file, configuration);
        new WordPieceTokenizer(vocabulary, settings.pack().bert().lowerCase()); // has the special pieces
        return Optional.of(vocabulary);
    }

    private Map<String, String> provenance(Optional<WordPieceVocabulary> vocabulary) {
        SourceSettings source = settings.sources().get(0);
        PackSettings pack = settings.pack();
        Map<String, String> values = new TreeMap<>();
        values.put("prep.format", source.format().toString());
        values.put("prep.text-field", source.textField());
        values.put("prep.sequence", Integer.toString(pack.sequence()));
        values.put("prep.seed", Long.toString(pack.seed()));
        values.put("prep.minimum-characters", Integer.toString(settings.minimumCharacters()));
        values.put("prep.validation-fraction", Double.toString(pack.validationFraction()));
        values.put("prep.tokenizer", pack.tokenizer());
        values.put("prep.samples-per-file", Integer.toString(pack.samplesPerFile()));
        if (pack.bert() != null) {
            values.put("prep.family", pack.family());
            values.put("prep.lower-case", Boolean.toString(pack.bert().lowerCase()));
            values.put("prep.short-sequences", Double.toString(pack.bert().shortSequences()));
            vocabulary.ifPresentOrElse(
                    given -> values.put("prep.vocabulary-file", "SHA-256 " + given.sha256()),
                    () -> values.put(
                            "prep.vocabulary-size", Integer.toString(pack.bert().vocabularySize())));
        }
        return values;
    }

    /** @throws InvalidInputException if no document is usable */
    private void requireDocuments(PrepReport report) {
        if (report.splits().stream().anyMatch(split -> split.documents() > 0)) {
            return;
        }
        String why = report.dropped().stream()
                .map(dropped -> dropped.documents() + " " + dropped.reason() + " such as " + dropped.example())
                .collect(Collectors.joining("; "));
        throw new InvalidInputException(
                "prep.input " + String.join(", ", settings.input()) + " holds no usable document ("
                        + (why.isEmpty() ? "no document at all" : why)
                        + "); legal: at least one of prep.minimum-characters = " + settings.minimumCharacters()
                        + " characters");
    }

    private void write(PackedDatasets packed, PrepReport report, Provenance provenance) throws IOException {
        FileSystem files = output.getFileSystem(configuration);
        makeOutput(files);
        boolean complete = false;
        try {
            packed.write(output, provenance.asMap());
            JsonFiles.write(new ReportFile(provenance, report), new Path(output, ReportFile.NAME), configuration);
            complete = true;
        } catch (Exception | FSError failed) {
            Throwable cause = failed;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            throw new IOException("prep.output " + output + " cannot be written: " + cause, failed);
        } finally {
            if (!complete) {
                removeUnfinished(files);
            }
        }
    }

    private void makeOutput(FileSystem files) throws IOException {
        String cause = "";
        boolean made = false;
        try {
            made = files.mkdirs(output);
        } catch (ParentNotDirectoryException | AccessControlException e) {
            cause = " (" + e.getMessage() + ")";
        }
        if (!made) {
            throw new InvalidInputException(
                    "prep.output " + output + " cannot be made" + cause + "; legal: a new or empty folder");
        }
    }

    /** The folder was empty, so what is in it now is ours. */
    private void removeUnfinished(FileSystem files) throws IOException {
        LOG.warn("removing the unfinished output in {}", output);
        if (files.exists(output)) { // an object store has no empty folders
            for (FileStatus status : files.listStatus(output)) {
                files.delete(status.getPath(), true);
            }
        }
    }

    private int buckets(List<InputFile> files) {
        long bytes = 0;
        for (InputFile file : files) {
            boolean dense = file.format() == InputFormat.PARQUET || Compression.isCompressed(file.path());
            bytes += file.bytes() * (dense ? EXPANSION : 1);
        }
        return (int) Math.max(spark.sparkContext().defaultParallelism(), Math.min(1 << 20, bytes / BUCKET_BYTES + 1));
    }

    /** A file that Spark cannot read is bad input; anything else stays what it is. */
    private static RuntimeException asInputError(Exception failed) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof SparkThrowable known
                    && known.getCondition() != null
                    && known.getCondition().startsWith("FAILED_READ_FILE")) {
                String message = cause.getMessage().lines().findFirst().orElse("");
                return new InvalidInputException(
                        message + " (legal: a whole Parquet file whose prep.text-field is a string)", failed);
            }
        }
        return failed instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(failed);
    }

    private static String seconds(long begin) {
        return String.format("%.1f", (System.nanoTime() - begin) / 1e9);
    }
}
