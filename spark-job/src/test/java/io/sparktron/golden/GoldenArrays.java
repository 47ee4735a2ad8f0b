package io.sparktron.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparktron.parallel.Box;
import io.sparktron.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** The arrays of a folder of golden results, by name. */
final class GoldenArrays {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String folder;
    private final Map<String, ByteBuffer> arrays = new HashMap<>();

    GoldenArrays(String folder) {
        this.folder = folder;
    }

    /** Adds what a safetensors file holds, with a prefix before every name. */
    void read(String prefix, String file) {
        try {
            ByteBuffer all = ByteBuffer.wrap(bytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            int header = (int) all.getLong(0);
            JsonNode index = JSON.readTree(new String(all.array(), Long.BYTES, header, StandardCharsets.UTF_8));
            for (Map.Entry<String, JsonNode> entry : index.properties()) {
                if (!entry.getKey().equals("__metadata__")) {
                    JsonNode offsets = entry.getValue().get("data_offsets");
                    int start = offsets.get(0).asInt();
                    arrays.put(
                            prefix + entry.getKey(),
                            all.slice(
                                    Long.BYTES + header + start, offsets.get(1).asInt() - start));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean has(String name) {
        return arrays.containsKey(name);
    }

    ByteBuffer get(String name) {
        ByteBuffer array = arrays.get(name);
        if (array == null) {
            throw new IllegalArgumentException("no array " + name + " in " + folder + ": " + arrays.keySet());
        }
        return array.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Copies a whole array of {@code count} floats to {@code to}, from {@code at} on. */
    void floats(String name, float[] to, int at, int count) {
        ByteBuffer values = get(name);
        if (values.remaining() != count * Float.BYTES) {
            throw new IllegalArgumentException(
                    name + " has " + values.remaining() + " bytes, expected " + count + " floats");
        }
        values.asFloatBuffer().get(to, at, count);
    }

    JsonNode json(String file) {
        try {
            return JSON.readTree(bytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean hasFile(String file) {
        return GoldenArrays.class.getResource("/golden/" + folder + "/" + file) != null;
    }

    /** The box of a row-major tensor. */
    static float[] box(float[] whole, Shape global, Box box) {
        float[] part = new float[(int) box.shape().elements()];
        long[] index = box.start().clone();
        for (int i = 0; i < part.length; i++) {
            part[i] = whole[(int) flat(global, index)];
            advance(index, box);
        }
        return part;
    }

    static long flat(Shape global, long[] index) {
        long flat = 0;
        for (int i = 0; i < index.length; i++) {
            flat = flat * global.extent(i) + index[i];
        }
        return flat;
    }

    static void advance(long[] index, Box box) {
        for (int i = index.length - 1; i >= 0; i--) {
            if (++index[i] < box.start()[i] + box.extent()[i]) {
                return;
            }
            index[i] = box.start()[i];
        }
    }

    private byte[] bytes(String file) throws IOException {
        try (InputStream in = GoldenArrays.class.getResourceAsStream("/golden/" + folder + "/" + file)) {
            return in.readAllBytes();
        }
    }
}
