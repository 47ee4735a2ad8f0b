package io.sparktron.convert;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparktron.checkpoint.Safetensors;
import io.sparktron.storage.Storage;
import io.sparktron.tokens.InvalidInputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The tensors of a folder: of {@code model.safetensors}, or of the shards that {@code model.safetensors.index.json} names. */
final class HuggingFaceWeights {
    static final String FILE = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Configuration hadoop;
    private final Map<String, StoredTensor> tensors = new TreeMap<>();

    private HuggingFaceWeights(Configuration hadoop) {
        this.hadoop = hadoop;
    }

    /**
     * All tensors by their name without {@link HuggingFaceTensor#PREFIX}.
     *
     * @throws InvalidInputException if there are none, a file is missing or torn, or the index does not tell what the shards hold
     */
    static Map<String, StoredTensor> of(Path folder, Configuration hadoop) throws IOException {
        HuggingFaceWeights weights = new HuggingFaceWeights(hadoop);
        if (Storage.exists(new Path(folder, FILE), hadoop)) {
            weights.add(new Path(folder, FILE));
        } else if (Storage.exists(new Path(folder, INDEX), hadoop)) {
            weights.addShards(folder);
        } else {
            throw new InvalidInputException(folder + " has neither " + FILE + " nor " + INDEX
                    + "; legal: weights in safetensors, as save_pretrained of transformers writes them");
        }
        return weights.tensors;
    }

    private void addShards(Path folder) throws IOException {
        Path index = new Path(folder, INDEX);
        Map<String, String> fileOf = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : map(index).properties()) {
            String file = entry.getValue().asText();
            if (!file.matches("[^/:]+\\.safetensors")) {
                throw new InvalidInputException(index + ": " + entry.getKey() + " lies in " + entry.getValue()
                        + "; legal: a .safetensors file beside it");
            }
            fileOf.put(entry.getKey(), file);
        }
        for (String file : fileOf.values().stream().distinct().sorted().toList()) {
            try {
                add(new Path(folder, file));
            } catch (FileNotFoundException e) {
                throw new InvalidInputException(new Path(folder, file) + " is missing: " + INDEX + " names it", e);
            }
        }
        requireAsTold(index, fileOf);
    }

    private JsonNode map(Path index) throws IOException {
        JsonNode map;
        try {
            map = JSON.readTree(Storage.read(index, hadoop)).path("weight_map");
        } catch (JsonProcessingException e) {
            throw new InvalidInputException(index + " is not JSON: " + e.getOriginalMessage(), e);
        }
        if (!map.isObject() || map.isEmpty()) {
            throw new InvalidInputException(index + " has no weight_map; legal: an object of tensor names and files");
        }
        return map;
    }

    private void requireAsTold(Path index, Map<String, String> fileOf) {
        for (StoredTensor tensor : tensors.values()) {
            String told = fileOf.remove(tensor.name());
            if (!tensor.file().getName().equals(told)) {
                throw new InvalidInputException(tensor.file() + " holds " + tensor.name() + ", but " + index + " says "
                        + (told == null ? "nothing of it" : "that " + told + " does"));
            }
        }
        if (!fileOf.isEmpty()) {
            String name = new TreeMap<>(fileOf).firstKey();
            throw new InvalidInputException(new Path(index.getParent(), fileOf.get(name)) + " lacks " + name
                    + ", which " + index + " says it holds");
        }
    }

    private void add(Path file) throws IOException {
        for (Map.Entry<String, Safetensors.Entry> entry :
                Safetensors.entries(file, hadoop).entrySet()) {
            StoredTensor tensor = new StoredTensor(entry.getKey(), file, entry.getValue());
            StoredTensor other = tensors.put(withoutPrefix(entry.getKey()), tensor);
            if (other != null) {
                throw new InvalidInputException(file + " holds " + tensor.name() + ", which is " + other.name() + " of "
                        + other.file() + " once more; legal: every tensor once");
            }
        }
    }

    private static String withoutPrefix(String name) {
        return name.startsWith(HuggingFaceTensor.PREFIX) ? name.substring(HuggingFaceTensor.PREFIX.length()) : name;
    }
}
