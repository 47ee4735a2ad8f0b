package io.sparktron.data;

import io.sparktron.tokens.Manifest;
import io.sparktron.tokens.SampleWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.apache.parquet.schema.Type;

/** Small token datasets whose ids follow from the sample's number. */
final class Datasets {
    static final int SEQUENCE = 5;
    static final int LENGTH = SEQUENCE + 1;
    static final int VOCABULARY = 101;
    static final Configuration HADOOP = GatedFileSystem.configuration();

    /** The way this project writes lists. */
    static final String OWN_SCHEMA = "required int64 sample;"
            + " required group tokens (LIST) { repeated group list { required int32 element; } }";

    /** A row as some writer may write it: nulls are missing values. */
    record Row(Long sample, Integer... tokens) {}

    private Datasets() {}

    static int[] ids(long sample) {
        return IntStream.range(0, LENGTH)
                .map(i -> (int) ((sample * 31 + i * 7L) % VOCABULARY))
                .toArray();
    }

    static Row row(long sample) {
        return new Row(sample, IntStream.of(ids(sample)).boxed().toArray(Integer[]::new));
    }

    static List<Row> rows(long first, int count) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(row(first + i));
        }
        return rows;
    }

    /** A dataset as data preparation writes it, in files of so many samples. */
    static TokenDataset write(Path folder, int... samplesOfFiles) {
        List<Manifest.DataFile> files = new ArrayList<>();
        long sample = 0;
        var target = new org.apache.hadoop.fs.Path(folder.toUri());
        for (int samples : samplesOfFiles) {
            String name = name(files.size());
            try (SampleWriter writer = new SampleWriter(target, name, name, sample, SEQUENCE, HADOOP)) {
                for (int i = 0; i < samples; i++) {
                    writer.write(ids(sample++));
                }
                files.add(writer.finish());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return describe(folder, files);
    }

    /** A Parquet file of any schema and row group size, neither encoded nor compressed, without digest in its description. */
    static Manifest.DataFile writeFile(Path file, long firstSample, String fields, int rowGroup, List<Row> rows) {
        MessageType schema = MessageTypeParser.parseMessageType("message row { " + fields + " }");
        try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(new LocalOutputFile(file))
                .withType(schema)
                .withRowGroupRowCountLimit(rowGroup)
                .withDictionaryEncoding(false)
                .build()) {
            for (Row row : rows) {
                writer.write(group(schema, row));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Manifest.DataFile(file.getFileName().toString(), firstSample, rows.size(), null, null);
    }

    /** Writes the manifest and opens the dataset. */
    static TokenDataset describe(Path folder, List<Manifest.DataFile> files) {
        long samples = files.stream().mapToLong(Manifest.DataFile::samples).sum();
        Manifest.Vocabulary vocabulary = new Manifest.Vocabulary("gpt2", VOCABULARY, VOCABULARY - 1);
        try {
            Files.deleteIfExists(folder.resolve(Manifest.FILE_NAME));
            new Manifest("gpt", SEQUENCE, samples, vocabulary, files, null, Map.of())
                    .write(new org.apache.hadoop.fs.Path(folder.toUri()), HADOOP);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return TokenDataset.open(folder.toString(), HADOOP);
    }

    /** The manifest without lengths and digests, as a foreign writer may leave it. */
    static TokenDataset withoutDigests(Path folder, TokenDataset dataset) {
        return describe(
                folder,
                dataset.manifest().files().stream()
                        .map(file -> new Manifest.DataFile(file.path(), file.firstSample(), file.samples(), null, null))
                        .toList());
    }

    static String name(int file) {
        return String.format("part-%05d.parquet", file);
    }

    private static Group group(MessageType schema, Row row) {
        Group group = new SimpleGroup(schema);
        if (row.sample() != null && schema.containsField("sample")) {
            group.add("sample", row.sample());
        }
        if (row.tokens() == null || !schema.containsField("tokens")) {
            return group;
        }
        Type tokens = schema.getType("tokens");
        Group list = tokens.isPrimitive() ? group : group.addGroup("tokens");
        int field = tokens.isPrimitive() ? schema.getFieldIndex("tokens") : 0;
        for (Integer id : row.tokens()) {
            Group element = list.getType().getType(field).isPrimitive() ? list : list.addGroup(field);
            if (id != null) {
                element.add(element == list ? field : 0, id);
            }
        }
        return group;
    }
}
