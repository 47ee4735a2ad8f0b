package io.sparktron.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The {@code metrics.jsonl} of a run without the fields that tell of time; digits stand as they are in the file, and read back to the same bits.
 *
 * @param steps a line each
 */
record Curve(List<String> steps) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> OF_TIME =
            List.of("step_seconds", "exposed_communication_seconds", "tokens_per_second", "tflops", "mfu");

    static Curve of(Path run) throws IOException {
        return new Curve(Files.readAllLines(run.resolve("metrics.jsonl")).stream()
                .map(Curve::withoutTime)
                .toList());
    }

    private static String withoutTime(String line) {
        try {
            JsonNode step = JSON.readTree(line);
            return ((ObjectNode) step).remove(OF_TIME).toString();
        } catch (IOException e) {
            throw new IllegalArgumentException("no line of metrics: " + line, e);
        }
    }
}
