package io.sparktron.prep;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparktron.prep.report.PrepReport;
import io.sparktron.prep.report.Provenance;
import io.sparktron.prep.report.ReportFile;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** What lies in the output folder already: nothing, the complete result of the same work, or something to leave alone. */
final class PriorOutput {
    private static final ObjectMapper MAPPER =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    private static final String ADVICE = "; legal: a new or empty folder, so choose another or delete this one";

    private PriorOutput() {}

    /**
     * The report of an earlier run with the same input and settings, if its output is complete; empty if the folder is new or empty.
     *
     * @throws InvalidInputException if the folder holds anything else
     */
    static Optional<PrepReport> find(Path output, Provenance wanted, Configuration configuration) throws IOException {
        FileSystem files = output.getFileSystem(configuration);
        FileStatus[] there;
        try {
            if (!files.getFileStatus(output).isDirectory()) {
                throw new InvalidInputException("prep.output " + output + " is a file" + ADVICE);
            }
            there = files.listStatus(output);
        } catch (FileNotFoundException isNew) {
            return Optional.empty();
        }
        if (there.length == 0) {
            return Optional.empty();
        }
        ReportFile report = readReport(files, output);
        String difference = difference(report.provenance(), wanted);
        if (difference != null) {
            throw new InvalidInputException(
                    "prep.output " + output + " holds another dataset (" + difference + ")" + ADVICE);
        }
        for (PrepReport.Split split : report.report().splits()) {
            check(files, new Path(output, split.name()), configuration);
        }
        return Optional.of(report.report().asKept());
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
