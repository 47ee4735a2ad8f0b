package io.sparktron.prep;

import io.sparktron.prep.pack.PackedDatasets;
import io.sparktron.prep.read.HashedFiles;
import io.sparktron.prep.read.InputFile;
import io.sparktron.prep.read.InputFiles;
import io.sparktron.prep.read.SourceSettings;
import io.sparktron.prep.report.Ledger;
import io.sparktron.prep.report.LedgerCounts;
import io.sparktron.prep.report.PrepReport;
import io.sparktron.prep.report.Provenance;
import io.sparktron.prep.report.ReportFile;
import io.sparktron.prep.report.ReportTable;
import io.sparktron.prep.stage.HadoopPaths;
import io.sparktron.prep.stage.Progress;
import io.sparktron.prep.stage.Stages;
import io.sparktron.prep.stage.StoredRows;
import io.sparktron.storage.Storage;
import io.sparktron.tokenizer.WordPieceTokenizer;
import io.sparktron.tokenizer.WordPieceVocabulary;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Corpus to token datasets, ledger and report: {@code <output>/train}, {@code validation}, {@code ledger} and {@code report.json}.
 *
 * <p>The stages ({@link Pipeline}) decide what becomes of each document and store their tables in the work folder; then the documents that are kept are
 * packed. The driver holds a few numbers per file and per range of the stream, never text or tokens. {@code report.json} is written last: an output that has
 * it is complete.
 */
public final class Prep {
    private static final Logger LOG = LoggerFactory.getLogger(Prep.class);

    private final SparkSession spark;
    private final PrepSettings settings;
    private final Configuration configuration;
    private final Path output;
    private final Path work;
    private final Progress progress;

    private Prep(SparkSession spark, PrepSettings settings, Progress progress) throws IOException {
        this.spark = spark;
        this.settings = settings;
        this.configuration = spark.sparkContext().hadoopConfiguration();
        this.output = qualified("prep.output", settings.output());
        this.work = settings.stages().work().isEmpty()
                ? new Path(output, PriorOutput.STAGES)
                : qualified("prep.work", settings.stages().work());
        this.progress = progress;
    }

    private Path qualified(String key, String path) throws IOException {
        Path parsed = HadoopPaths.parse(key, path);
        return HadoopPaths.fileSystem(key, parsed, configuration).makeQualified(parsed);
    }

    /** The same, without a word about its progress. */
    public static PrepReport run(SparkSession spark, PrepSettings settings, PrintStream out) throws IOException {
        return run(spark, settings, out, new PrintStream(OutputStream.nullOutputStream()));
    }

    /**
     * Prepares the corpus, or keeps an output that is complete for the same input and settings.
     *
     * @param out receives the report as a table, and where the result lies
     * @param err receives what is going on
     * @throws InvalidInputException if an input is missing or unreadable, no document is usable, a split is too
     *     small for a sample, or the output folder holds something else; then nothing was written but the tables of stages
     */
    public static PrepReport run(SparkSession spark, PrepSettings settings, PrintStream out, PrintStream err)
            throws IOException {
        Progress progress = new Progress(spark.sparkContext(), err, System.console() != null);
        Prep prep = new Prep(spark, settings, progress);
        PrepReport report = prep.run();
        ReportTable.print(report, out);
        out.println((report.kept() ? "kept " : "wrote ") + prep.output);
        return report;
    }

    private PrepReport run() throws IOException {
        long begin = System.nanoTime();
        List<InputFile> files = InputFiles.list(settings.sources(), configuration, output);
        List<InputFile> evaluationFiles = evaluationFiles();
        PriorOutput prior = PriorOutput.of(output, configuration);
        Optional<WordPieceVocabulary> vocabulary = givenVocabulary();
        makeFolder("prep.output", output);
        makeFolder("prep.work", work);
        HashedFiles corpus = HashedFiles.of(spark, files, work);
        HashedFiles evaluation = HashedFiles.of(spark, evaluationFiles, work);
        Map<String, String> all = settings.asMap(vocabulary);
        if (!evaluationFiles.isEmpty()) {
            all.put("prep.decontaminate.input", "SHA-256 " + evaluation.fingerprint());
        }
        Provenance provenance = Provenance.of(all, files, corpus.fingerprint());
        if (settings.stages().restage().isEmpty()) {
            Optional<PrepReport> complete = prior.complete(provenance);
            if (complete.isPresent()) {
                LOG.info("{} is complete for this input and these settings: kept", output);
                return complete.get();
            }
        }
        Stages stages = new Stages(spark, work, Set.copyOf(settings.stages().restage()), progress);
        PrepReport report = prepare(stages, corpus, evaluation, vocabulary, prior, provenance);
        for (Path unused : stages.unused()) {
            progress.say("not used by this run, to be deleted if no other needs it: " + unused);
        }
        LOG.info("wrote {} in {} s", output, String.format("%.1f", (System.nanoTime() - begin) / 1e9));
        return report;
    }

    private PrepReport prepare(
            Stages stages,
            HashedFiles corpus,
            HashedFiles evaluation,
            Optional<WordPieceVocabulary> vocabulary,
            PriorOutput prior,
            Provenance provenance)
            throws IOException {
        Pipeline.Tables tables;
        try {
            tables = new Pipeline(spark, settings, stages).run(corpus, evaluation);
        } catch (IOException failed) {
            throw failed;
        } catch (Exception failed) {
            throw asInputError(failed);
        }
        requireUnchanged(corpus.files());
        if (tables.fates().rows().where("kept").isEmpty()) {
            throw noDocument(
                    tables.fates().rows().join(tables.documents().rows().drop("text"), "id"));
        }
        try (PackedDatasets packed = PackedDatasets.of(tables.kept(), settings.pack(), settings.blend(), vocabulary)) {
            if (packed.report().splits().stream().allMatch(split -> split.documents() == 0)) {
                throw noDocument(ledger(tables, packed));
            }
            packed.requireSamples();
            prior.begin(provenance);
            boolean complete = false;
            try {
                Path ledger = new Path(output, Ledger.FOLDER);
                StoredRows.write(ledger(tables, packed), ledger);
                OutputReport reports = new OutputReport(settings, tables);
                ReportFile report = reports.of(spark.read().parquet(ledger.toString()), packed.report(), provenance);
                packed.write(output, provenance.asMap());
                reports.write(report, output, configuration);
                complete = true;
                prior.end();
                return report.report();
            } catch (Exception | FSError failed) { // Spark throws checked exceptions undeclared
                throw new IOException("prep.output " + output + " cannot be written: " + first(failed), failed);
            } finally {
                if (!complete) {
                    LOG.warn("removing the unfinished output in {}", output);
                    prior.clear();
                }
            }
        }
    }

    private Dataset<Row> ledger(Pipeline.Tables tables, PackedDatasets packed) {
        return Ledger.from(
                tables.documents().rows(),
                tables.measures().rows(),
                tables.fates().rows(),
                packed.documents(),
                settings.sources().stream().map(source -> source.name()).toList());
    }

    private List<InputFile> evaluationFiles() throws IOException {
        if (settings.contamination().isOff()) {
            return List.of();
        }
        SourceSettings texts =
                SourceSettings.of("decontaminate", settings.contamination().input());
        try {
            return InputFiles.list(List.of(texts), configuration, output);
        } catch (InvalidInputException wrong) {
            throw new InvalidInputException(
                    wrong.getMessage().replace(texts.key("input"), "prep.decontaminate.input"), wrong);
        }
    }

    private static Throwable first(Throwable failed) {
        Throwable cause = failed;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
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

    /** What was read must be what was hashed. */
    private void requireUnchanged(List<InputFile> files) throws IOException {
        if (!InputFiles.list(settings.sources(), configuration, output).equals(files)) {
            throw new IOException("prep.input " + String.join(", ", settings.input())
                    + " changed while it was read; start again when nothing writes there any more");
        }
    }

    private InvalidInputException noDocument(Dataset<Row> documents) {
        String why = LedgerCounts.dropped(documents).stream()
                .map(reason -> reason.documents() + " " + reason.reason() + " such as " + reason.example())
                .collect(Collectors.joining("; "));
        return new InvalidInputException(
                "prep.input " + String.join(", ", settings.input()) + " holds no usable document ("
                        + (why.isEmpty() ? "no document at all" : why)
                        + "); legal: at least one of prep.minimum-characters = " + settings.minimumCharacters()
                        + " characters that passes prep.rules = "
                        + String.join(", ", settings.quality().rules()));
    }

    private void makeFolder(String key, Path folder) throws IOException {
        Storage.makeFolder(key, folder, configuration);
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
}
