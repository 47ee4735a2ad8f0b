package io.sparktron.prep.stage;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.sparktron.storage.Storage;
import io.sparktron.tokens.JsonFiles;
import io.sparktron.tokens.Sha256;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * The work folder. Each stage stores its table in {@code <work>/<name>-<hash>}, where the hash is that of everything that decides about the rows: name and
 * version of the code, settings, and the hashes of the inputs. So a stage that was done is found again whatever else has changed, and one whose
 * input has changed has another folder.
 *
 * <p>Every attempt writes to a folder of its own, {@code <stage folder>/<attempt>}, and then {@code manifest.json} beside it, in one step (a rename, or
 * one PUT on an object store), which names the attempt and all its files. Nothing is renamed that is large. Two runs at once therefore disturb each other
 * nowhere: both write equal rows, a reader knows its files by name, and who commits second takes what is there.
 */
public final class Stages {
    /** Of the hash, in the name of a folder. */
    private static final int DIGITS = 16;

    private final SparkSession spark;
    private final Configuration configuration;
    private final Path work;
    private final Set<String> forced;
    private final Progress progress;
    private final Set<String> known = new TreeSet<>();
    private final Set<String> used = new HashSet<>();

    /**
     * @param work folder that holds, and receives, the folders of the stages
     * @param forced names of stages that are to be done again, with all that depends on them
     */
    public Stages(SparkSession spark, Path work, Set<String> forced, Progress progress) throws IOException {
        this.spark = spark;
        this.configuration = spark.sparkContext().hadoopConfiguration();
        this.work = work;
        this.forced = Set.copyOf(forced);
        this.progress = progress;
        Attempts.removeDead(work, configuration);
    }

    /**
     * The table of a stage: as it is stored, if it is, or else made, stored and read back.
     *
     * @param version of the code that makes the rows
     * @param settings all that change the rows, by key; nothing about the cluster
     * @param inputs the tables and other things that the rows are made from
     * @param rows makes the rows; called only if they are not there
     */
    public Table table(
            String name,
            int version,
            Map<String, String> settings,
            List<? extends Input> inputs,
            Supplier<Dataset<Row>> rows)
            throws IOException {
        known.add(name);
        String hash = hash(name, version, settings, inputs);
        Path folder = new Path(work, name + '-' + hash.substring(0, DIGITS));
        used.add(folder.getName());
        boolean again = forced.contains(name) || inputs.stream().anyMatch(Input::isForced);
        StageManifest there = again ? null : complete(folder, hash, true);
        if (there != null) {
            progress.skipped(name, there.rows(), folder);
            return new Table(spark, folder, there, false);
        }
        Map<String, String> hashes = new TreeMap<>();
        inputs.forEach(input -> hashes.put(input.name(), input.hash()));
        StageManifest made = make(name, version, hash, settings, inputs, hashes, folder, again, rows);
        return new Table(spark, folder, made, again);
    }

    /** Folders of stages in the work folder that this run has no use for. */
    public List<Path> unused() throws IOException {
        List<Path> unused = new ArrayList<>();
        for (FileStatus status : Attempts.list(work, configuration)) {
            String name = status.getPath().getName();
            int dash = name.lastIndexOf('-');
            if (status.isDirectory() && dash > 0 && known.contains(name.substring(0, dash)) && !used.contains(name)) {
                unused.add(status.getPath());
            }
        }
        return unused;
    }

    private static String hash(String name, int version, Map<String, String> settings, List<? extends Input> inputs)
            throws JsonProcessingException {
        Map<String, Object> all = new TreeMap<>();
        all.put("name", name);
        all.put("version", version);
        all.put("settings", new TreeMap<>(settings));
        all.put("inputs", inputs.stream().map(Input::hash).toList());
        return Sha256.hex(Sha256.of(JsonFiles.bytes(all)));
    }

    /**
     * The manifest of a folder that has all its files, else null.
     *
     * @param say whether to say what is wrong with one that has a manifest
     */
    private StageManifest complete(Path folder, String hash, boolean say) throws IOException {
        StageManifest manifest;
        try {
            manifest = StageManifest.read(folder, configuration);
        } catch (JsonProcessingException torn) {
            progress.warn(folder + " has a torn manifest: done again");
            return null;
        }
        if (manifest == null) {
            return null;
        }
        String wrong = manifest.hash().equals(hash) ? wrong(folder, manifest) : "is of " + manifest.hash();
        if (wrong != null && say) {
            progress.warn(folder + " " + wrong + ": done again");
        }
        return wrong == null ? manifest : null;
    }

    private String wrong(Path folder, StageManifest manifest) throws IOException {
        Map<String, Long> sizes = new HashMap<>();
        for (FileStatus status : Attempts.list(new Path(folder, manifest.data()), configuration)) {
            sizes.put(status.getPath().getName(), status.getLen());
        }
        for (StageManifest.StoredFile file : manifest.files()) {
            Long bytes = sizes.get(file.path());
            if (bytes == null) {
                return "lacks " + file.path();
            }
            if (bytes != file.bytes()) {
                return "holds " + file.path() + " with " + bytes + " bytes instead of " + file.bytes();
            }
        }
        return null;
    }

    private StageManifest make(
            String name,
            int version,
            String hash,
            Map<String, String> settings,
            List<? extends Input> inputs,
            Map<String, String> hashes,
            Path folder,
            boolean again,
            Supplier<Dataset<Row>> rows)
            throws IOException {
        long begin = System.nanoTime();
        Path data = new Path(folder, Attempts.newName());
        boolean committed = false;
        try (Progress.Stage stage = progress.begin(name, textBytes(inputs))) {
            Dataset<Row> made = rows.get();
            store(made, data);
            List<StageManifest.StoredFile> files = files(data);
            StageManifest manifest = new StageManifest(
                    name,
                    version,
                    hash,
                    new TreeMap<>(settings),
                    hashes,
                    data.getName(),
                    made.schema().json(),
                    -1,
                    files.stream().mapToLong(StageManifest.StoredFile::bytes).sum(),
                    -1,
                    0,
                    files);
            manifest = counted(folder, manifest, inputs, begin);
            StageManifest other = again ? null : complete(folder, hash, false);
            if (other == null) {
                manifest.write(folder, configuration);
                committed = true;
            } else {
                manifest = other; // another run was as fast
            }
            stage.done(rowsOf(inputs), manifest.rows());
            return manifest;
        } finally {
            if (!committed) {
                Storage.delete(data, configuration);
            }
        }
    }

    private void store(Dataset<Row> rows, Path data) throws IOException {
        try {
            StoredRows.write(rows, data);
        } catch (Exception | FSError failed) { // Spark throws checked exceptions undeclared
            Throwable cause = failed;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            if (isFullDisk(cause)) {
                throw new IOException("prep.work " + work + " cannot be written: " + cause.getMessage(), failed);
            }
            throw Stages.<RuntimeException>undeclared(failed);
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E undeclared(Throwable failed) throws E {
        throw (E) failed;
    }

    /** Counts what was stored, from the files' own footers. */
    private StageManifest counted(Path folder, StageManifest manifest, List<? extends Input> inputs, long begin) {
        Dataset<Row> stored = new Table(spark, folder, manifest, false).rows();
        boolean hasText = List.of(stored.columns()).contains("bytes");
        Row counts = hasText
                ? stored.agg(functions.count("*"), functions.coalesce(functions.sum("bytes"), functions.lit(0L)))
                        .head()
                : RowFactory.create(stored.count());
        long textBytes = hasText ? counts.getLong(1) : textBytes(inputs);
        return new StageManifest(
                manifest.name(),
                manifest.version(),
                manifest.hash(),
                manifest.settings(),
                manifest.inputs(),
                manifest.data(),
                manifest.schema(),
                counts.getLong(0),
                manifest.bytes(),
                textBytes,
                (System.nanoTime() - begin) / 1_000_000 / 1e3,
                manifest.files());
    }

    private List<StageManifest.StoredFile> files(Path data) throws IOException {
        List<StageManifest.StoredFile> files = new ArrayList<>();
        for (FileStatus status : Attempts.list(data, configuration)) {
            if (status.getPath().getName().endsWith(".parquet")) {
                files.add(new StageManifest.StoredFile(status.getPath().getName(), status.getLen()));
            }
        }
        if (files.isEmpty()) {
            throw new IOException(data + " has no file after it was written");
        }
        return files;
    }

    /** Rows that went in: those of the largest input. */
    private static long rowsOf(List<? extends Input> inputs) {
        return inputs.stream()
                .filter(Table.class::isInstance)
                .mapToLong(input -> ((Table) input).count())
                .max()
                .orElse(0);
    }

    private static long textBytes(List<? extends Input> inputs) {
        return inputs.stream().mapToLong(Input::textBytes).max().orElse(0);
    }

    private static boolean isFullDisk(Throwable cause) {
        return cause instanceof IOException
                && String.valueOf(cause.getMessage()).contains("No space left");
    }
}
