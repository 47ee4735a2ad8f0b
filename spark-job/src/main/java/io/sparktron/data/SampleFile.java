package io.sparktron.data;

import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import io.sparktron.tokens.Sha256;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;

/**
 * One Parquet file of a token dataset. Its length and, where the manifest has one, its SHA-256 are checked when it is opened, once a process; rows are checked
 * as they are read.
 */
final class SampleFile implements AutoCloseable {
    private static final int PIECE = 1 << 20;

    private final Path path;
    private final Manifest.DataFile expected;
    private final int length; // s + 1
    private final int vocabulary;
    private final ParquetFileReader reader;
    private final MessageType schema;
    private final long[] firstRows; // of each row group, and the number of rows

    private SampleFile(TokenDataset dataset, Path path, Manifest.DataFile expected, ParquetFileReader reader) {
        this.path = path;
        this.expected = expected;
        this.length = dataset.sequence() + 1;
        this.vocabulary = dataset.manifest().tokenizer().vocabulary();
        this.reader = reader;
        this.schema = SampleSchema.project(reader.getFooter().getFileMetaData().getSchema(), path);
        List<BlockMetaData> groups = reader.getRowGroups();
        this.firstRows = new long[groups.size() + 1];
        for (int i = 0; i < groups.size(); i++) {
            firstRows[i + 1] = firstRows[i] + groups.get(i).getRowCount();
        }
    }

    static SampleFile open(TokenDataset dataset, Manifest.DataFile expected, Configuration hadoop) throws IOException {
        Path path = new Path(dataset.folder(), expected.path());
        ParquetFileReader reader = null;
        try {
            requireUntouched(path, expected, hadoop);
            reader = openFooter(path, hadoop);
            SampleFile file = new SampleFile(dataset, path, expected, reader);
            file.requireRows();
            return file;
        } catch (FileNotFoundException e) {
            throw new InvalidInputException(path + " is missing, although the dataset's manifest names it", e);
        } catch (InvalidInputException e) {
            closeQuietly(reader, e);
            throw e;
        } catch (ChecksumException e) {
            throw new InvalidInputException(path + " is damaged: " + e.getMessage(), e);
        } catch (RuntimeException e) { // what Parquet throws at a torn file is of no type of its own
            closeQuietly(reader, e);
            throw new InvalidInputException(path + " is no readable Parquet file: " + e.getMessage(), e);
        }
    }

    /** A footer that cannot be decoded is an IOException to Parquet; here it is what the file holds that is wrong. */
    private static ParquetFileReader openFooter(Path path, Configuration hadoop) throws IOException {
        HadoopInputFile file = HadoopInputFile.fromPath(path, hadoop);
        try {
            return ParquetFileReader.open(file);
        } catch (IOException e) {
            throw new InvalidInputException(path + " is no readable Parquet file: " + e.getMessage(), e);
        }
    }

    /** Index of the row group that holds a row. */
    int groupOf(long row) {
        int group = 0;
        while (firstRows[group + 1] <= row) {
            group++;
        }
        return group;
    }

    /** The first row of a row group. */
    long firstRow(int group) {
        return firstRows[group];
    }

    /** All ids of a row group: [rows, s + 1]. */
    int[] read(int group) throws IOException {
        int rows = Math.toIntExact(firstRows[group + 1] - firstRows[group]);
        int[] ids = new int[Math.multiplyExact(rows, length)];
        try {
            reader.setRequestedSchema(schema);
            PageReadStore pages = reader.readRowGroup(group);
            MessageColumnIO columns = new ColumnIOFactory().getColumnIO(schema);
            SampleRow row = new SampleRow(schema, length);
            RecordReader<SampleRow> records = columns.getRecordReader(pages, row.materializer());
            for (int i = 0; i < rows; i++) {
                records.read();
                check(row, firstRows[group] + i);
                System.arraycopy(row.ids(), 0, ids, i * length, length);
            }
        } catch (InvalidInputException e) {
            throw e;
        } catch (RuntimeException | IOException e) { // a damaged page fails wherever its decoder notices
            throw new InvalidInputException(path + ", row group " + group + " cannot be read: " + e.getMessage(), e);
        }
        return ids;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }

    private void check(SampleRow row, long number) {
        long sample = expected.firstSample() + number;
        if (row.sample() != sample) {
            throw new InvalidInputException(
                    path + ", row " + number + " has sample = " + row.sample() + ", must be " + sample);
        }
        if (row.count() != length) {
            throw new InvalidInputException(path + ", row " + number + " has " + row.count() + " tokens, must be "
                    + length + " (the manifest's sequence + 1)");
        }
        for (int i = 0; i < length; i++) {
            int id = row.ids()[i];
            if (id < 0 || id >= vocabulary) {
                throw new InvalidInputException(path + ", row " + number + " has token " + id + " at position " + i
                        + ", must be from 0 to " + (vocabulary - 1));
            }
        }
    }

    private void requireRows() {
        long rows = firstRows[firstRows.length - 1];
        if (rows != expected.samples()) {
            throw new InvalidInputException(
                    path + " has " + rows + " rows, the dataset's manifest says " + expected.samples());
        }
    }

    private static void requireUntouched(Path path, Manifest.DataFile expected, Configuration hadoop)
            throws IOException {
        long bytes = path.getFileSystem(hadoop).getFileStatus(path).getLen();
        if (expected.bytes() != null && expected.bytes() != bytes) {
            throw new InvalidInputException(
                    path + " has " + bytes + " bytes, the dataset's manifest says " + expected.bytes());
        }
        if (expected.sha256() != null) {
            String actual = sha256(path, hadoop);
            if (!actual.equalsIgnoreCase(expected.sha256())) {
                throw new InvalidInputException(path + " has SHA-256 " + actual + ", the dataset's manifest says "
                        + expected.sha256() + "; copy or prepare the dataset again");
            }
        }
    }

    private static String sha256(Path path, Configuration hadoop) throws IOException {
        MessageDigest digest = Sha256.digest();
        try (InputStream in = path.getFileSystem(hadoop).open(path)) {
            byte[] piece = new byte[PIECE];
            for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
                digest.update(piece, 0, length);
            }
        }
        return Sha256.hex(digest.digest());
    }

    private static void closeQuietly(ParquetFileReader reader, Exception cause) {
        if (reader != null) {
            try {
                reader.close();
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
        }
    }
}
