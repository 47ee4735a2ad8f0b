package io.sparktron.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparktron.storage.Storage;
import io.sparktron.tensor.Shape;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/**
 * Hugging Face's container of tensors: an unsigned 64-bit length, a JSON object of that length that maps names to type, shape and place, then the tensors,
 * little-endian and row-major.
 */
public final class Safetensors {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String METADATA = "__metadata__";

    /** Where data should begin, for readers that map the file. */
    private static final int ALIGNMENT = 64;

    /** Longest header that a reader accepts, bytes: a corrupt length must not become an allocation. */
    private static final long LONGEST_HEADER = 100_000_000;

    private static final Map<String, Integer> ELEMENT_BYTES =
            Map.of("F64", 8, "F32", 4, "F16", 2, "BF16", 2, "I64", 8, "I32", 4, "U8", 1, "BOOL", 1);

    private Safetensors() {}

    /**
     * One tensor of a file.
     *
     * @param type as the format names it: F32, F16, BF16, I64 ...
     * @param offset bytes from the end of the header
     * @param bytes its length
     */
    public record Entry(String type, Shape shape, long offset, long bytes) {}

    /** The length and the header of a file, padded with blanks so that the tensors after it are aligned. */
    static byte[] header(Map<String, Entry> entries) throws IOException {
        return header(entries, Map.of());
    }

    /**
     * The length and the header of a file, padded with blanks so that the tensors after it are aligned.
     *
     * @param metadata what the file says of itself, besides its tensors
     */
    public static byte[] header(Map<String, Entry> entries, Map<String, String> metadata) throws IOException {
        ObjectNode root = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode node = root.putObject(METADATA);
            metadata.forEach(node::put);
        }
        entries.forEach((name, entry) -> {
            ObjectNode node = root.putObject(name);
            node.put("dtype", entry.type());
            ArrayNode shape = node.putArray("shape");
            Arrays.stream(entry.shape().toArray()).forEach(shape::add);
            node.putArray("data_offsets").add(entry.offset()).add(entry.offset() + entry.bytes());
        });
        byte[] json = JSON.writeValueAsBytes(root);
        int padded = (Long.BYTES + json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        byte[] header = new byte[padded];
        Arrays.fill(header, (byte) ' ');
        ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).putLong(0, padded - Long.BYTES);
        System.arraycopy(json, 0, header, Long.BYTES, json.length);
        return header;
    }

    /** All tensors of a file by name; offsets are from the start of the file here. */
    public static Map<String, Entry> entries(Path file, Configuration hadoop) throws IOException {
        long length = Storage.of(file, hadoop).getFileStatus(file).getLen();
        try (FSDataInputStream in = Storage.of(file, hadoop).open(file)) {
            long headerLength = length < Long.BYTES ? -1 : Long.reverseBytes(in.readLong());
            if (headerLength < 2 || headerLength > Math.min(LONGEST_HEADER, length - Long.BYTES)) {
                throw new InvalidInputException(file + " is no safetensors file: it has " + length
                        + " bytes and claims a header of " + headerLength);
            }
            byte[] header = new byte[(int) headerLength];
            in.readFully(header);
            Map<String, Entry> entries = new LinkedHashMap<>();
            JsonNode root = JSON.readTree(header);
            if (!root.isObject()) {
                throw new InvalidInputException(file + " is no safetensors file: its header is no JSON object");
            }
            for (Map.Entry<String, JsonNode> field : root.properties()) {
                if (!field.getKey().equals(METADATA)) {
                    entries.put(field.getKey(), entry(file, field.getKey(), field.getValue(), headerLength, length));
                }
            }
            return entries;
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new InvalidInputException(file + " is no safetensors file: " + e.getOriginalMessage(), e);
        }
    }

    private static Entry entry(Path file, String name, JsonNode node, long headerLength, long length) {
        JsonNode offsets = node.path("data_offsets");
        long start = offsets.path(0).asLong(-1);
        long end = offsets.path(1).asLong(-1);
        long base = Long.BYTES + headerLength;
        Shape shape = shape(node.path("shape"));
        String type = node.path("dtype").asText();
        boolean legal = shape != null && start >= 0 && start <= end && end <= length - base;
        if (!legal || !fills(shape, type, end - start)) {
            throw new InvalidInputException(file + ": tensor " + name + " is described as " + node
                    + ", but the file has " + (length - base) + " bytes of data");
        }
        return new Entry(type, shape, base + start, end - start);
    }

    /** Null for what is no shape. */
    private static Shape shape(JsonNode node) {
        if (!node.isArray()) {
            return null;
        }
        long[] extents = new long[Math.max(1, node.size())]; // a scalar is [1] here
        Arrays.fill(extents, 1);
        for (int i = 0; i < node.size(); i++) {
            if (!node.get(i).canConvertToLong() || node.get(i).asLong() < 0) {
                return null;
            }
            extents[i] = node.get(i).asLong();
        }
        try {
            return Shape.of(extents);
        } catch (ArithmeticException tooLarge) {
            return null;
        }
    }

    /** Whether so many bytes hold the shape; types that we do not know may have elements of any size. */
    private static boolean fills(Shape shape, String type, long bytes) {
        Integer size = ELEMENT_BYTES.get(type);
        return size == null || (bytes % size == 0 && bytes / size == shape.elements());
    }
}
