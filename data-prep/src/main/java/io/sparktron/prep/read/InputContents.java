package io.sparktron.prep.read;

import io.sparktron.storage.Storage;
import io.sparktron.tokens.Sha256;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * What is in the input files: a SHA-256 of each. Hashing reads the corpus once more, at hundreds of MB/s per core, as a Spark job over the files; the
 * result is remembered in the work folder under path, length and time of change, so that only files that are new or changed are read again. A
 * file that was merely touched, or copied to the same place, has the same content, and nothing is done again for it.
 */
public final class InputContents {
    /** In the work folder: a line {@code digest length modified path} for each file. */
    public static final String FILE_NAME = "contents.txt";

    private InputContents() {}

    /**
     * The digest of each file, in their order.
     *
     * @param work where digests are remembered
     */
    public static List<String> of(SparkSession spark, List<InputFile> files, Path work) throws IOException {
        Configuration configuration = spark.sparkContext().hadoopConfiguration();
        Map<String, String> known = read(work, configuration);
        List<InputFile> unknown =
                files.stream().filter(file -> !known.containsKey(key(file))).toList();
        if (!unknown.isEmpty()) {
            hash(spark, unknown).forEach(known::put);
            write(known, work, configuration);
        }
        return files.stream().map(file -> known.get(key(file))).toList();
    }

    /** A digest of all that the readers see: the files in their order, how they are read, and their content. */
    public static String fingerprint(List<InputFile> files, List<String> digests) {
        MessageDigest digest = Sha256.digest();
        for (int i = 0; i < files.size(); i++) {
            InputFile file = files.get(i);
            String line = String.join(
                    " ",
                    Integer.toString(file.source()),
                    file.format().toString(),
                    Long.toString(file.bytes()),
                    digests.get(i),
                    file.textField(),
                    file.path());
            digest.update((line + '\n').getBytes(StandardCharsets.UTF_8));
        }
        return Sha256.hex(digest.digest());
    }

    private static String key(InputFile file) {
        return file.bytes() + " " + file.modified() + " " + file.path();
    }

    private static Map<String, String> hash(SparkSession spark, List<InputFile> files) {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        SerializableConfiguration configuration =
                new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
        int tasks = Math.min(files.size(), 8 * context.defaultParallelism());
        Map<String, String> digests = new HashMap<>();
        context.parallelize(files, tasks)
                .map(file -> new Hashed(key(file), digest(file, configuration.value())))
                .collect()
                .forEach(hashed -> digests.put(hashed.key, hashed.digest));
        return digests;
    }

    private record Hashed(String key, String digest) implements Serializable {}

    private static String digest(InputFile file, Configuration configuration) throws IOException {
        Path path = new Path(file.path());
        MessageDigest digest = Sha256.digest();
        byte[] buffer = new byte[1 << 18];
        try (InputStream in = path.getFileSystem(configuration).open(path)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return Sha256.hex(digest.digest());
    }

    private static Map<String, String> read(Path work, Configuration configuration) throws IOException {
        Map<String, String> known = new HashMap<>();
        byte[] bytes;
        try {
            bytes = Storage.read(new Path(work, FILE_NAME), configuration);
        } catch (FileNotFoundException none) {
            return known;
        }
        new String(bytes, StandardCharsets.UTF_8).lines().forEach(line -> {
            int blank = line.indexOf(' ');
            if (blank > 0) {
                known.put(line.substring(blank + 1), line.substring(0, blank));
            }
        });
        return known;
    }

    private static void write(Map<String, String> known, Path work, Configuration configuration) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String key : new TreeSet<>(known.keySet())) {
            lines.add(known.get(key) + " " + key + "\n");
        }
        Storage.replaceAmongMany(
                new Path(work, FILE_NAME), String.join("", lines).getBytes(StandardCharsets.UTF_8), configuration);
    }
}
