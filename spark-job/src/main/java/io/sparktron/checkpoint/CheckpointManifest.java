package io.sparktron.checkpoint;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparktron.parallel.Box;
import io.sparktron.tensor.Shape;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.Path;

/**
 * The content of a checkpoint's {@code manifest.json}.
 *
 * @param tensors every logical tensor with the slices that together are it
 */
record CheckpointManifest(String format, int version, CheckpointMetadata metadata, List<LogicalTensor> tensors) {
    static final String FILE = "manifest.json";
    static final String FORMAT = "sparktron-checkpoint";
    static final int VERSION = 2;

    /** Knows no family, which was always GPT, no layout but the plain one, no loss scale, and no slices but whole boxes. */
    private static final int FIRST_VERSION = 1;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .defaultSetterInfo(JsonSetter.Value.construct(Nulls.FAIL, Nulls.FAIL))
            .build();

    /** A logical tensor by name and whole shape. */
    record LogicalTensor(String name, long[] shape, List<Slice> slices) {
        LogicalTensor {
            Shape.of(shape); // fails unless it is one
        }

        Shape global() {
            return Shape.of(shape);
        }
    }

    /**
     * A part of a logical tensor in a file.
     *
     * @param start of a box: first index in each dimension
     * @param extent of the box: indices in each dimension
     * @param first index in the box, row-major, of the slice's first element
     * @param elements that follow each other in the box
     * @param offset bytes from the start of the file
     * @param bytes float32, little-endian, row-major
     * @param crc32c of these bytes
     */
    record Slice(
            long[] start, long[] extent, long first, long elements, String file, long offset, long bytes, long crc32c) {
        Slice {
            Shape.of(extent); // fails unless it is one
        }

        Box box() {
            return new Box(start, extent);
        }

        Range range() {
            return new Range(box(), first, elements);
        }

        /** Whether it can be a part of a tensor of this shape, in a file beside the manifest. */
        boolean fits(Shape global) {
            return box().fits(global)
                    && first >= 0
                    && elements >= 0
                    && first <= box().elements() - elements
                    && bytes == elements * Float.BYTES
                    && offset >= 0
                    && offset <= Long.MAX_VALUE - bytes
                    && new Path(file).getName().equals(file);
        }
    }

    /** A part of a tensor: {@code elements} consecutive ones of a box, from its element {@code first} on. */
    record Range(Box box, long first, long elements) {
        /** Whether any element lies in both. */
        boolean touches(Range other) {
            for (ContiguousRuns runs = new ContiguousRuns(box, other.box); runs.hasRun(); runs.advance()) {
                // of the run, what lies in this range, and in the other
                long from = Math.max(first - runs.source(), other.first - runs.target());
                long to = Math.min(first + elements - runs.source(), other.first + other.elements - runs.target());
                if (Math.max(from, 0) < Math.min(to, runs.length())) {
                    return true;
                }
            }
            return false;
        }
    }

    /** What one rank wrote, on its way to rank 0. */
    record Shard(List<LogicalTensor> tensors) {}

    byte[] toJson() throws IOException {
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
    }

    static byte[] shardToJson(Shard shard) throws IOException {
        return JSON.writeValueAsBytes(shard);
    }

    static Shard shardFromJson(byte[] json) throws IOException {
        return JSON.readValue(json, Shard.class);
    }

    /**
     * Reads and checks a manifest.
     *
     * @param file for errors
     */
    static CheckpointManifest parse(byte[] json, String file) throws IOException {
        CheckpointManifest manifest;
        try {
            JsonNode page = JSON.readTree(json);
            if (page.path("version").asInt() == FIRST_VERSION) {
                upgrade(page);
            }
            manifest = JSON.treeToValue(page, CheckpointManifest.class);
            if (manifest == null) { // of no JSON at all
                throw new InvalidInputException(
                        file + " is damaged: it is empty; remove its folder to use the checkpoint before");
            }
        } catch (JsonProcessingException e) {
            throw new InvalidInputException(
                    file + " is damaged: " + e.getOriginalMessage()
                            + "; remove its folder to use the checkpoint before",
                    e);
        }
        if (!FORMAT.equals(manifest.format) || manifest.version != VERSION) {
            throw new InvalidInputException(file + " is of format " + manifest.format + " version " + manifest.version
                    + "; legal: " + FORMAT + " version " + FIRST_VERSION + " or " + VERSION);
        }
        for (LogicalTensor tensor : manifest.tensors) {
            requireWhole(tensor, file);
        }
        return manifest;
    }

    /** Adds what the first version did not say. */
    private static void upgrade(JsonNode page) {
        if (page instanceof ObjectNode root) {
            root.put("version", VERSION);
        }
        if (page.at("/metadata/model") instanceof ObjectNode model) {
            model.put("family", "gpt");
        }
        if (page.at("/metadata/layout") instanceof ObjectNode layout) {
            layout.put("sequence", false).put("shardedOptimizer", false);
        }
        if (page.at("/metadata/adam") instanceof ObjectNode adam) {
            adam.set("lossScale", JSON.valueToTree(CheckpointMetadata.LossScale.NONE));
        }
        for (JsonNode tensor : page.path("tensors")) {
            for (JsonNode slice : tensor.path("slices")) {
                if (slice instanceof ObjectNode whole) {
                    whole.put("first", 0).put("elements", elements(whole.path("extent")));
                }
            }
        }
    }

    /** Of a box; what is no extent is found when the slice is made. */
    private static long elements(JsonNode extent) {
        long elements = 1;
        for (JsonNode each : extent) {
            elements *= each.asLong();
        }
        return elements;
    }

    /** Slices must lie inside, apart from each other, and together be all of the tensor. */
    private static void requireWhole(LogicalTensor tensor, String file) {
        long covered = 0;
        for (int i = 0; i < tensor.slices.size(); i++) {
            Slice slice = tensor.slices.get(i);
            boolean legal = slice.fits(tensor.global());
            for (int j = 0; legal && j < i; j++) {
                legal = !slice.range().touches(tensor.slices.get(j).range());
            }
            if (!legal) {
                throw new InvalidInputException(
                        file + ": slice " + slice.box() + " from element " + slice.first + " of " + tensor.name + " "
                                + tensor.global() + " lies outside, overlaps another, or is not " + slice.bytes
                                + " bytes of a file beside it: "
                                + slice.file + " at " + slice.offset);
            }
            covered += slice.elements;
        }
        if (covered != tensor.global().elements()) {
            throw new InvalidInputException(file + ": the slices of " + tensor.name + " " + tensor.global() + " hold "
                    + covered + " of its " + tensor.global().elements() + " elements");
        }
    }
}
