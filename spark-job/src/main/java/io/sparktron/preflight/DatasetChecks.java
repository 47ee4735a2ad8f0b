package io.sparktron.preflight;

import io.sparktron.data.SampleReader;
import io.sparktron.data.TokenDataset;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** A token dataset: its manifest, its files against it, and a few of its samples. */
final class DatasetChecks {
    private static final String AGAIN = "prepare it again with bin/sparktron prep, or copy it again";

    private final String key;
    private final Configuration hadoop;
    private final List<Finding> findings = new ArrayList<>();
    private TokenDataset dataset;

    /**
     * Reads the manifest and lists the folder.
     *
     * @param key the setting that names the dataset
     */
    DatasetChecks(String key, String folder, Configuration hadoop) {
        this.key = key;
        this.hadoop = hadoop;
        try {
            TokenDataset opened = TokenDataset.open(folder, hadoop);
            requireFiles(opened);
            if (findings.isEmpty()) {
                dataset = opened;
            }
        } catch (InvalidInputException e) {
            findings.add(Finding.mistake(key, e.getMessage(), "--set " + key + "=FOLDER"));
        } catch (IOException e) {
            findings.add(
                    Finding.mistake(key, folder + " cannot be read: " + e.getMessage(), "--set " + key + "=FOLDER"));
        }
    }

    /** The dataset, if nothing is wrong with it so far. */
    Optional<TokenDataset> usable() {
        return findings.isEmpty() ? Optional.of(dataset) : Optional.empty();
    }

    /** What was found, in one line if all is well. */
    List<Finding> findings() {
        return usable().map(good -> List.of(Finding.ok(
                        key,
                        good.folder() + ": " + good.samples() + " samples of " + good.sequence() + " tokens in "
                                + good.manifest().files().size() + " files")))
                .orElse(findings);
    }

    /** On a rank: that it sees what the driver sees, and can read it. */
    static List<Finding> onRank(RankSide.Dataset dataset, Configuration hadoop) {
        DatasetChecks checks = new DatasetChecks(dataset.key(), dataset.path(), hadoop);
        checks.requireFingerprint(dataset.fingerprint());
        checks.readSamples();
        return checks.usable().isPresent()
                ? List.of(Finding.ok(dataset.key(), "the ranks see the driver's dataset, and can read it"))
                : checks.findings;
    }

    private void requireFingerprint(String fingerprint) {
        if (usable().isPresent() && !dataset.manifest().fingerprint().equals(fingerprint)) {
            findings.add(Finding.problem(
                    key,
                    dataset.folder() + " is another dataset here than on the driver",
                    "the same dataset on all hosts, or --set " + key + "=FOLDER that they share"));
        }
    }

    /** Reads the first, the middle and the last sample: with them, their files' ends, lengths and digests, and the range of ids. */
    private void readSamples() {
        if (usable().isPresent()) {
            int[] values = new int[dataset.values()];
            try (SampleReader reader = new SampleReader(dataset, hadoop)) {
                for (long sample : new long[] {0, dataset.samples() / 2, dataset.samples() - 1}) {
                    reader.read(sample, values, 0);
                }
            } catch (InvalidInputException e) {
                findings.add(Finding.mistake(key, e.getMessage(), AGAIN));
            } catch (IOException e) {
                findings.add(Finding.problem(key, e.getMessage(), "see why the file system fails"));
            }
        }
    }

    private Map<String, Long> list(Path folder) throws IOException {
        Map<String, Long> lengths = new HashMap<>();
        try {
            for (FileStatus file : folder.getFileSystem(hadoop).listStatus(folder)) {
                lengths.put(file.getPath().getName(), file.getLen());
            }
        } catch (FileNotFoundException none) {
            return Map.of();
        }
        return lengths;
    }

    private void requireFiles(TokenDataset opened) throws IOException {
        Path folder = new Path(opened.folder());
        Map<Path, Map<String, Long>> lengths = new HashMap<>(); // of each folder's files
        try {
            opened.requireVocabulary(hadoop);
        } catch (InvalidInputException e) {
            findings.add(Finding.mistake(key, e.getMessage(), AGAIN));
        }
        for (Manifest.DataFile file : opened.manifest().files()) {
            Path path = new Path(folder, file.path());
            Map<String, Long> around = lengths.get(path.getParent());
            if (around == null) {
                around = list(path.getParent());
                lengths.put(path.getParent(), around);
            }
            Long length = around.get(path.getName());
            if (length == null) {
                findings.add(Finding.mistake(key, folder + " lacks " + file.path() + " of its manifest", AGAIN));
            } else if (file.bytes() != null && !file.bytes().equals(length)) {
                findings.add(Finding.mistake(
                        key, path + " has " + length + " bytes, its manifest says " + file.bytes(), AGAIN));
            }
        }
    }
}
