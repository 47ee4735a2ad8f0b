package io.sparktron.data;

import io.sparktron.storage.BlockListener;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import io.sparktron.tokens.SampleWriter;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.hadoop.BadConfigurationException;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.FileMetaData;

/**
 * One open Parquet file of a token dataset. Rows that follow those read before are decoded where the last call stopped, so that reading forward
 * decodes each once, whatever the size of a row group; going back starts the row group again.
 *
 * <p>What is wrong with the file (missing, torn, damaged, not as its manifest says) is an {@link InvalidInputException}; what may be
 * wrong with the file system remains an {@link IOException}.
 */
final class SampleFile implements AutoCloseable {
    private final Path path;
    private final Manifest.DataFile expected;
    private final Manifest manifest;
    private final int count; // of values of a sample
    private final ParquetFileReader reader;
    private final SampleSchema schema;
    private final BlockListener listener;
    private final long[] firstRows; // of each row group, and the number of rows
    private int group;
    private RowGroupCursor cursor;

    private SampleFile(
            TokenDataset dataset,
            Path path,
            Manifest.DataFile expected,
            ParquetFileReader reader,
            BlockListener listener) {
        this.listener = listener;
        this.path = path;
        this.expected = expected;
        this.manifest = dataset.manifest();
        this.count = dataset.values();
        this.reader = reader;
        List<BlockMetaData> groups = reader.getRowGroups();
        this.firstRows = new long[groups.size() + 1];
        for (int i = 0; i < groups.size(); i++) {
            firstRows[i + 1] = firstRows[i] + groups.get(i).getRowCount();
        }
        requireRows();
        this.schema = SampleSchema.of(metadata().getSchema(), manifest.family(), path);
        reader.setRequestedSchema(schema.columns());
    }

    static SampleFile open(
            TokenDataset dataset, Manifest.DataFile expected, Configuration hadoop, BlockListener listener)
            throws IOException {
        Path path = new Path(dataset.folder(), expected.path());
        ParquetFileReader reader = null;
        try {
            FileSystem files = path.getFileSystem(hadoop);
            FileStatus status = files.getFileStatus(path);
            WholeFiles.require(status, expected, files, listener);
            reader = ParquetFileReader.open(
                    new HeardInputFile(status, files, listener),
                    HadoopReadOptions.builder(hadoop)
                            .usePageChecksumVerification()
                            .withUseHadoopVectoredIo(false)
                            .build());
            return new SampleFile(dataset, path, expected, reader, listener);
        } catch (IOException | RuntimeException e) {
            closeAfter(e, reader);
            throw named(path.toString(), e);
        }
    }

    private static void closeAfter(Exception error, ParquetFileReader reader) {
        try {
            if (reader != null) {
                reader.close();
            }
        } catch (IOException e) {
            error.addSuppressed(e);
        }
    }

    /**
     * Reads consecutive rows.
     *
     * @param row number of the first
     * @param values receives [rows, values of a sample] from {@code offset} on
     */
    void read(long row, int rows, int[] values, int offset) throws IOException {
        try {
            for (int i = 0; i < rows; i++) {
                moveTo(row + i);
                cursor.read(expected.firstSample() + row + i, values, offset + i * count);
            }
        } catch (IOException | RuntimeException e) {
            throw named(path + ", row group " + group, e);
        }
    }

    @Override
    public void close() throws IOException {
        closeCursor();
        reader.close();
    }

    private void moveTo(long row) throws IOException {
        boolean inGroup = cursor != null && row < firstRows[group + 1];
        if (!inGroup || row < cursor.row()) {
            closeCursor();
            group = groupOf(row);
            cursor = new RowGroupCursor(
                    path, reader.readRowGroup(group), schema, metadata().getCreatedBy(), firstRows[group], manifest);
        }
        while (cursor.row() < row) {
            cursor.skip();
            if (cursor.row() % SampleWriter.ROW_GROUP_SAMPLES == 0) {
                listener.blockPassed();
            }
        }
    }

    /** Index of the row group that holds a row. */
    private int groupOf(long row) {
        int index = 0;
        while (firstRows[index + 1] <= row) {
            index++;
        }
        return index;
    }

    private void closeCursor() {
        if (cursor != null) {
            cursor.close();
            cursor = null;
        }
    }

    private FileMetaData metadata() {
        return reader.getFooter().getFileMetaData();
    }

    private void requireRows() {
        long rows = firstRows[firstRows.length - 1];
        if (rows != expected.samples()) {
            throw new InvalidInputException(
                    path + " has " + rows + " rows; legal: " + expected.samples() + ", as its dataset's manifest says");
        }
    }

    /** The error to throw, which names where it came from. */
    private static IOException named(String place, Exception error) {
        if (error instanceof InvalidInputException named) {
            throw named;
        }
        if (error instanceof FileNotFoundException) {
            throw new InvalidInputException(
                    place + " is missing; legal: all files that the dataset's manifest names, beside it", error);
        }
        if (error instanceof BadConfigurationException) { // of all that may be wrong, only a codec
            throw new InvalidInputException(
                    place + " is compressed in a way that cannot be read here: " + error.getMessage()
                            + "; legal: uncompressed, SNAPPY, GZIP, ZSTD or LZ4_RAW",
                    error);
        }
        if (error instanceof IOException input && !saysDamaged(input)) {
            return new IOException(place + " cannot be read: " + error.getMessage(), error);
        }
        throw new InvalidInputException(
                place + " is torn or damaged: " + error.getMessage()
                        + "; legal: a whole Parquet file; copy or prepare the dataset again",
                error);
    }

    /** Whether a file's content is to blame: it ends early, fails Hadoop's checksums, or Parquet itself refuses what it could read. */
    private static boolean saysDamaged(IOException error) {
        StackTraceElement[] thrownBy = error.getStackTrace();
        return error instanceof EOFException
                || error instanceof ChecksumException
                || thrownBy.length > 0 && thrownBy[0].getClassName().startsWith("org.apache.parquet.");
    }
}
