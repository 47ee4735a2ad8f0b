package io.sparktron.tokens;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.sparktron.storage.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Small JSON files that are there whole or not at all. */
public final class JsonFiles {
    // Map entries in order of their keys: equal contents are equal bytes.
    private static final ObjectMapper MAPPER = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

    private JsonFiles() {}

    /** UTF-8 JSON, indented, with a line end. */
    public static byte[] bytes(Object value) throws JsonProcessingException {
        return (MAPPER.writeValueAsString(value) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Writes a file in one step as others see it. */
    public static void write(Object value, Path file, Configuration configuration) throws IOException {
        Storage.replace(file, bytes(value), configuration);
    }
}
