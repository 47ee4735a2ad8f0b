package io.sparktron.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparktron.golden.GoldenFixture;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A copy of a fixture's Hugging Face folder, to be changed. */
public final class ForeignModel {
    static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;

    /** @param fixture such as {@code twelve/gpt2} */
    public ForeignModel(String fixture, Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        try (Stream<Path> files = Files.list(GoldenFixture.path(fixture))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = file.getFileName().toString();
                if (name.startsWith("model") || name.equals("config.json")) {
                    Files.copy(file, folder.resolve(name));
                }
            }
        }
    }

    public Path path() {
        return folder;
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    /** Sets a key of a JSON file. */
    public void set(String file, String key, JsonNode value) throws IOException {
        ObjectNode root = (ObjectNode) JSON.readTree(file(file).toFile());
        root.set(key, value);
        Files.writeString(file(file), root.toString());
    }

    /** Changes the JSON header of a safetensors file and leaves its data where they are. */
    void header(String name, Consumer<ObjectNode> change) throws IOException {
        ByteBuffer all = read(name);
        int length = (int) all.getLong(0);
        ObjectNode header =
                (ObjectNode) JSON.readTree(new String(all.array(), Long.BYTES, length, StandardCharsets.UTF_8));
        change.accept(header);
        byte[] json = JSON.writeValueAsBytes(header);
        int data = Long.BYTES + length;
        ByteBuffer changed = ByteBuffer.allocate(Long.BYTES + json.length + all.capacity() - data)
                .order(ByteOrder.LITTLE_ENDIAN);
        changed.putLong(json.length).put(json).put(all.array(), data, all.capacity() - data);
        Files.write(file(name), changed.array());
    }

    /** Adds a copy of a tensor under another name. */
    void copyTensor(String name, String tensor, String copy) throws IOException {
        ByteBuffer all = read(name);
        int data = Long.BYTES + (int) all.getLong(0);
        int end = all.capacity() - data;
        int[] span = new int[2];
        header(name, header -> {
            ObjectNode entry = header.get(tensor).deepCopy();
            span[0] = entry.get("data_offsets").get(0).asInt();
            span[1] = entry.get("data_offsets").get(1).asInt();
            entry.putArray("data_offsets").add(end).add(end + span[1] - span[0]);
            header.set(copy, entry);
        });
        byte[] values = Arrays.copyOfRange(all.array(), data + span[0], data + span[1]);
        Files.write(file(name), values, StandardOpenOption.APPEND);
    }

    /** Gives a float32 tensor more rows, each element of them {@code value}. */
    void pad(String name, String tensor, int rows, float value) throws IOException {
        ByteBuffer all = read(name);
        int data = Long.BYTES + (int) all.getLong(0);
        int end = all.capacity() - data;
        int[] span = new int[3];
        header(name, header -> {
            ObjectNode entry = (ObjectNode) header.get(tensor);
            span[0] = entry.get("data_offsets").get(0).asInt();
            span[1] = entry.get("data_offsets").get(1).asInt();
            span[2] = (span[1] - span[0]) / entry.get("shape").get(0).asInt() * rows;
            entry.withArray("shape").set(0, JSON.getNodeFactory().numberNode(rows));
            entry.putArray("data_offsets").add(end).add(end + span[2]);
        });
        ByteBuffer padded = ByteBuffer.allocate(span[2]).order(ByteOrder.LITTLE_ENDIAN);
        padded.put(all.array(), data + span[0], span[1] - span[0]);
        while (padded.hasRemaining()) {
            padded.putFloat(value);
        }
        Files.write(file(name), padded.array(), StandardOpenOption.APPEND);
    }

    /** Writes one float32 of a tensor. */
    void poke(String name, String tensor, int index, float value) throws IOException {
        ByteBuffer all = read(name);
        int length = (int) all.getLong(0);
        JsonNode header = JSON.readTree(new String(all.array(), Long.BYTES, length, StandardCharsets.UTF_8));
        int start = header.get(tensor).get("data_offsets").get(0).asInt();
        all.putFloat(Long.BYTES + length + start + index * Float.BYTES, value);
        Files.write(file(name), all.array());
    }

    void truncate(String name, int bytes) throws IOException {
        byte[] all = Files.readAllBytes(file(name));
        Files.write(file(name), Arrays.copyOf(all, all.length - bytes));
    }

    private ByteBuffer read(String name) throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(file(name))).order(ByteOrder.LITTLE_ENDIAN);
    }
}
