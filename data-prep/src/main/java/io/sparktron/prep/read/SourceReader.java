package io.sparktron.prep.read;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/** Reads the documents of one {@link Source}, one by one; bad ones come with their reason. */
public abstract sealed class SourceReader implements Iterator<RawDocument>, Closeable
        permits TextReader, JsonLinesReader, HtmlReader, WarcReader {
    /** Bytes of a document, decompressed. Its text, tokens and their copies must fit in an executor's memory. */
    public static final int LARGEST_DOCUMENT = 256 << 20;

    public static SourceReader open(Source source, Configuration configuration) throws IOException {
        Path path = new Path(source.file().path());
        FSDataInputStream stored = path.getFileSystem(configuration).open(path);
        try {
            InputFile file = source.file();
            return switch (file.format()) {
                case TEXT -> new TextReader(file, stored);
                case JSONL -> new JsonLinesReader(source, stored);
                case HTML -> new HtmlReader(file, stored);
                case WARC -> new WarcReader(file, stored);
                case AUTO, PARQUET -> throw new IllegalArgumentException(file.toString());
            };
        } catch (IOException | RuntimeException failed) {
            stored.close();
            throw failed;
        }
    }

    /** The text if the bytes are UTF-8 without a flaw. */
    public static Optional<String> decode(byte[] bytes, int length) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString());
        } catch (CharacterCodingException notUtf8) {
            return Optional.empty();
        }
    }
}
