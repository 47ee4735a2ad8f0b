package io.sparktron.prep.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the manifest of a stage's folder says.
 *
 * @param data folder of its Parquet files
 * @param textBytes bytes of text that it worked on
 * @param finished when the manifest was written, in milliseconds
 */
record StoredStage(String name, Path data, long rows, long textBytes, double seconds, long finished) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The complete stages of a work folder, in the order in which they finished; of one name only the newest. */
    static List<StoredStage> in(Path work) throws IOException {
        List<Path> manifests;
        try (Stream<Path> folders = Files.list(work)) {
            manifests = folders.map(folder -> folder.resolve("manifest.json"))
                    .filter(Files::exists)
                    .toList();
        }
        List<StoredStage> stages = new ArrayList<>();
        for (Path manifest : manifests) {
            JsonNode json = JSON.readTree(manifest.toFile());
            stages.add(new StoredStage(
                    json.get("name").asText(),
                    manifest.resolveSibling(json.get("data").asText()),
                    json.get("rows").asLong(),
                    json.get("textBytes").asLong(),
                    json.get("seconds").asDouble(),
                    Files.getLastModifiedTime(manifest).toMillis()));
        }
        stages.sort(Comparator.comparingLong(StoredStage::finished));
        List<StoredStage> newest = new ArrayList<>();
        for (StoredStage stage : stages) {
            newest.removeIf(older -> older.name.equals(stage.name));
            newest.add(stage);
        }
        return newest;
    }

    /** Of text, per core. */
    String speed(int cores) {
        return String.format("%.2f MB/s per core", textBytes / 1e6 / Math.max(1e-3, seconds) / cores);
    }
}
