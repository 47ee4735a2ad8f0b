package io.sparktron.prep;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparktron.prep.report.PrepReport;
import io.sparktron.prep.report.Provenance;
import io.sparktron.prep.report.ReportFile;
import io.sparktron.storage.Storage;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.JsonFiles;
import io.sparktron.tokens.Manifest;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What lies in the output folder already: nothing, the complete result of the same work, what an interrupted run left, or something to leave alone. While
 * datasets are being written {@code unfinished.json} lies beside them, so that what a killed run left is known for what it is.
 */
final class PriorOutput {
    /** The stages' tables, where {@code prep.work} does not say otherwise. */
    static final String STAGES = "stages";

    private static final String UNFINISHED = "unfinished.json";
    /** What a run writes beside the stages; the report is the first to go and the last to come. */
    private static final List<String> WRITTEN =
            List.of(ReportFile.NAME, "report.html", "ledger", "train", "validation", "test");

    private static final ObjectMapper MAPPER =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    private static final String ADVICE = "; legal: a new or empty folder, so choose another or delete this one";

    private final Path output;
    private final Configuration configuration;
    private final ReportFile report;

    private PriorOutput(Path output, Configuration configuration, ReportFile report) {
        this.output = output;
        this.configuration = configuration;
        this.report = report;
    }

    /**
     * Looks into the folder; writes nothing.
     *
     * @throws InvalidInputException if it holds anything but a result of this program, whole or unfinished
     */
    static PriorOutput of(Path output, Configuration configuration) throws IOException {
        FileSystem files = output.getFileSystem(configuration);
        Set<String> there = new HashSet<>();
        try {
            if (!files.getFileStatus(output).isDirectory()) {
                throw new InvalidInputException("prep.output " + output + " is a file" + ADVICE);
            }
            for (FileStatus status : files.listStatus(output)) {
                there.add(status.getPath().getName());
            }
        } catch (FileNotFoundException isNew) {
            return new PriorOutput(output, configuration, null);
        }
        boolean unfinished = there.remove(UNFINISHED);
        there.remove(STAGES);
        if (there.isEmpty() || (unfinished && !there.contains(ReportFile.NAME) && WRITTEN.containsAll(there))) {
            return new PriorOutput(output, configuration, null);
        }
        return new PriorOutput(output, configuration, readReport(files, output));
    }

    /**
     * The report of an earlier run with the same input and settings, if its output is complete.
     *
     * @throws InvalidInputException if it is complete for other input or settings, or damaged
     */
    Optional<PrepReport> complete(Provenance wanted) throws IOException {
        if (report == null) {
            return Optional.empty();
        }
        requireSame(wanted);
        FileSystem files = output.getFileSystem(configuration);
        for (PrepReport.Split split : report.report().splits()) {
            check(files, new Path(output, split.name()), configuration);
        }
        return Optional.of(report.report().asKept());
    }

    /**
     * Makes room for a new result.
     *
     * @throws InvalidInputException if a result of other input or settings is there
     */
    void begin(Provenance wanted) throws IOException {
        if (report != null) {
            requireSame(wanted);
        }
        JsonFiles.write(wanted, new Path(output, UNFINISHED), configuration);
        for (String name : WRITTEN) {
            Storage.delete(new Path(output, name), configuration);
        }
    }

    /** The result is complete. */
    void end() throws IOException {
        Storage.delete(new Path(output, UNFINISHED), configuration);
    }

    /** The result could not be written. */
    void clear() throws IOException {
        for (String name : WRITTEN) {
            Storage.delete(new Path(output, name), configuration);
        }
        end();
    }

    private void requireSame(Provenance wanted) {
        String difference = difference(report.provenance(), wanted);
        if (difference != null) {
            throw new InvalidInputException(
                    "prep.output " + output + " holds another dataset (" + difference + ")" + ADVICE);
        }
    }

    private static ReportFile readReport(FileSystem files, Path output) throws IOException {
        Path file = new Path(output, ReportFile.NAME);
        try (InputStream in = files.open(file)) {
            ReportFile report = MAPPER.readValue(in, ReportFile.class);
            if (report.provenance() == null || report.report() == null) {
                throw new InvalidInputException(
                        "prep.output " + output + " is not empty, and " + file + " is no report of prep" + ADVICE);
            }
            return report;
        } catch (FileNotFoundException missing) {
            throw new InvalidInputException(
                    "prep.output " + output + " is not empty and holds no complete dataset (no " + ReportFile.NAME + ")"
                            + ADVICE,
                    missing);
        } catch (JsonProcessingException broken) {
            throw new InvalidInputException(
                    "prep.output " + output + " is not empty, and " + file + " is no report of prep" + ADVICE, broken);
        }
    }

    /** The first setting that differs, in words; null if none does. */
    private static String difference(Provenance there, Provenance wanted) {
        Map<String, String> old = new TreeMap<>(there.settings());
        for (Map.Entry<String, String> setting : new TreeMap<>(wanted.settings()).entrySet()) {
            String value = old.remove(setting.getKey());
            if (!setting.getValue().equals(value)) {
                return setting.getKey() + " was " + value + ", is " + setting.getValue();
            }
        }
        if (!old.isEmpty()) {
            return "with " + old;
        }
        return there.inputFingerprint().equals(wanted.inputFingerprint())
                ? null
                : "its input was other files, or they changed: " + there.inputFiles() + " files of "
                        + there.inputBytes() + " bytes then, " + wanted.inputFiles() + " files of "
                        + wanted.inputBytes() + " bytes now";
    }

    private static void check(FileSystem files, Path folder, Configuration configuration) throws IOException {
        Manifest manifest = Manifest.read(folder, configuration);
        Manifest.WordPieces pieces = manifest.tokenizer().wordPieces();
        if (pieces != null && !files.exists(new Path(folder, pieces.vocabularyFile()))) {
            throw new InvalidInputException(new Path(folder, pieces.vocabularyFile()) + " is missing" + ADVICE);
        }
        for (String name : manifest.tokenizer().files().keySet()) {
            if (!files.exists(new Path(folder, name))) {
                throw new InvalidInputException(new Path(folder, name) + " is missing" + ADVICE);
            }
        }
        for (Manifest.DataFile file : manifest.files()) {
            Path path = new Path(folder, file.path());
            long bytes = files.exists(path) ? files.getFileStatus(path).getLen() : -1;
            if (bytes != file.bytes()) {
                throw new InvalidInputException(path
                        + (bytes < 0 ? " is missing" : " has " + bytes + " bytes instead of " + file.bytes())
                        + ADVICE);
            }
        }
    }
}
