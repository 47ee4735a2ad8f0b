package io.sparktron.data;

import io.sparktron.tokens.Manifest;
import io.sparktron.tokens.SampleWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.schema.MessageType;

/** Token datasets whose every id follows from its sample and place, written by us or as other tools do. */
final class SampleFiles {
    static final int SEQUENCE = 5;
    static final int LENGTH = SEQUENCE + 1;
    static final int VOCABULARY = 97;
    static final Configuration HADOOP = new Configuration();

    private SampleFiles() {}

    static int[] ids(long sample) {
        int[] ids = new int[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            ids[i] = Math.floorMod(sample * 31 + i * 7L, VOCABULARY);
        }
        return ids;
    }

    /** A dataset of one file for each number of samples, with digests. */
    static TokenDataset write(Path folder, long... samples) throws IOException {
        List<Manifest.DataFile> files = new ArrayList<>();
        long first = 0;
        for (long count : samples) {
            String name = String.format("part-%05d.parquet", files.size());
            try (SampleWriter writer = new SampleWriter(hadoop(folder), name, name, first, SEQUENCE, HADOOP)) {
                for (long sample = first; sample < first + count; sample++) {
                    writer.write(ids(sample));
                }
                files.add(writer.finish());
            }
            first += count;
        }
        return describe(folder, files);
    }

    /** The dataset of one file that is there already, without digest. */
    static TokenDataset describe(Path folder, String file, long samples) throws IOException {
        return describe(folder, List.of(new Manifest.DataFile(file, 0, samples, null, null)));
    }

    static TokenDataset describe(Path folder, List<Manifest.DataFile> files) throws IOException {
        long samples = files.stream().mapToLong(Manifest.DataFile::samples).sum();
        Manifest.Vocabulary vocabulary = new Manifest.Vocabulary("test", VOCABULARY, VOCABULARY - 1);
        new Manifest("gpt", SEQUENCE, samples, vocabulary, files, null, Map.of()).write(hadoop(folder), HADOOP);
        return TokenDataset.open(folder.toString(), HADOOP);
    }

    /** The same dataset by a manifest that says neither lengths nor digests. */
    static TokenDataset withoutDigests(TokenDataset dataset, Path folder) throws IOException {
        java.nio.file.Files.delete(folder.resolve(Manifest.FILE_NAME));
        return describe(
                folder,
                dataset.manifest().files().stream()
                        .map(file -> new Manifest.DataFile(file.path(), file.firstSample(), file.samples(), null, null))
                        .toList());
    }

    /** How a row's tokens are put into a group of some schema. */
    interface Row {
        void fill(Group group, long sample);
    }

    /** A file of any schema. */
    static void writeParquet(Path file, MessageType schema, long rows, int rowGroup, Row row) throws IOException {
        try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(hadoop(file))
                .withConf(HADOOP)
                .withType(schema)
                .withRowGroupRowCountLimit(rowGroup)
                .build()) {
            for (long sample = 0; sample < rows; sample++) {
                Group group = new SimpleGroup(schema);
                row.fill(group, sample);
                writer.write(group);
            }
        }
    }

    static org.apache.hadoop.fs.Path hadoop(Path path) {
        return new org.apache.hadoop.fs.Path(path.toUri());
    }
}
