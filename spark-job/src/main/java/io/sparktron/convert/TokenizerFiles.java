package io.sparktron.convert;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparktron.storage.Storage;
import io.sparktron.tokenizer.BytePairVocabulary;
import io.sparktron.tokenizer.WordPieceVocabulary;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** What a folder has of a tokenizer's files. They are not run here: they travel unchanged, and tell which token an id is. */
final class TokenizerFiles {
    private static final String VOCABULARY = "vocab.json";
    private static final String MERGES = "merges.txt";
    private static final String TOKENIZER = "tokenizer.json";
    static final String PIECES = WordPieceVocabulary.FILE_NAME;
    private static final List<String> NAMES = List.of(
            PIECES,
            VOCABULARY,
            MERGES,
            TOKENIZER,
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final Configuration hadoop;
    private final List<String> names;

    TokenizerFiles(Path folder, Configuration hadoop) throws IOException {
        this.folder = folder;
        this.hadoop = hadoop;
        List<String> found = new ArrayList<>();
        for (String name : NAMES) {
            if (Storage.exists(new Path(folder, name), hadoop)) {
                found.add(name);
            }
        }
        this.names = List.copyOf(found);
    }

    /** Those that are there. */
    List<String> names() {
        return names;
    }

    byte[] content(String name) throws IOException {
        return Storage.read(new Path(folder, name), hadoop);
    }

    /**
     * Tokens as they are spelled there, and their ids; empty if no file tells.
     *
     * @param vocabulary the model's number of ids
     * @throws InvalidInputException if a file is damaged or gives an id that the model has not
     */
    Optional<Map<String, Integer>> tokens(int vocabulary) throws IOException {
        if (names.contains(VOCABULARY)) {
            Map<String, Integer> tokens = new HashMap<>();
            putAll(VOCABULARY, json(VOCABULARY), vocabulary, tokens);
            return Optional.of(tokens);
        }
        if (!names.contains(TOKENIZER)) {
            return Optional.empty();
        }
        JsonNode root = json(TOKENIZER);
        JsonNode model = root.path("model").path("vocab");
        if (!model.isObject()) {
            return Optional.empty(); // of a kind that does not map tokens to ids
        }
        Map<String, Integer> tokens = new HashMap<>();
        putAll(TOKENIZER, model, vocabulary, tokens);
        for (JsonNode added : root.path("added_tokens")) {
            put(TOKENIZER, added.path("content").asText(), added.path("id"), vocabulary, tokens);
        }
        return Optional.of(tokens);
    }

    /**
     * The word pieces of BERT, where there is a list of them.
     *
     * @throws InvalidInputException if the list is empty, not UTF-8, or has a piece twice
     */
    Optional<WordPieceVocabulary> pieces() throws IOException {
        return names.contains(PIECES)
                ? Optional.of(WordPieceVocabulary.read(new Path(folder, PIECES), hadoop))
                : Optional.empty();
    }

    /**
     * The byte-level encoding that they tell whole; empty if there is no list of merges with the vocabulary, or its words are cut in another way than GPT-2's.
     *
     * @throws InvalidInputException if a file is damaged or the two do not fit each other
     */
    Optional<BytePairVocabulary> bytePairs() throws IOException {
        if (!names.contains(VOCABULARY) || !names.contains(MERGES)) {
            return Optional.empty();
        }
        if (names.contains(TOKENIZER)) {
            JsonNode root = json(TOKENIZER);
            JsonNode words = root.path("pre_tokenizer");
            if (!root.path("normalizer").isNull()
                    || !words.path("type").asText().equals("ByteLevel")
                    || words.path("add_prefix_space").asBoolean(true)
                    || !words.path("use_regex").asBoolean(true)) {
                return Optional.empty();
            }
        }
        return json(VOCABULARY).has(BytePairVocabulary.END_OF_TEXT)
                ? Optional.of(BytePairVocabulary.read(folder, hadoop))
                : Optional.empty();
    }

    Path folder() {
        return folder;
    }

    Configuration hadoop() {
        return hadoop;
    }

    private void putAll(String name, JsonNode map, int vocabulary, Map<String, Integer> tokens) {
        for (Map.Entry<String, JsonNode> entry : map.properties()) {
            put(name, entry.getKey(), entry.getValue(), vocabulary, tokens);
        }
    }

    private void put(String name, String token, JsonNode id, int vocabulary, Map<String, Integer> tokens) {
        if (!id.isInt() || id.intValue() < 0 || id.intValue() >= vocabulary) {
            throw new InvalidInputException(new Path(folder, name) + ": the id of token \"" + token + "\" is " + id
                    + "; legal: 0 to " + (vocabulary - 1) + ", as vocab_size is " + vocabulary);
        }
        tokens.put(token, id.intValue());
    }

    private JsonNode json(String name) throws IOException {
        Path file = new Path(folder, name);
        JsonNode root;
        try {
            root = JSON.readTree(Storage.read(file, hadoop));
        } catch (JsonProcessingException e) {
            throw new InvalidInputException(file + " is not JSON: " + e.getOriginalMessage(), e);
        }
        if (!root.isObject()) {
            throw new InvalidInputException(file + " holds no JSON object");
        }
        return root;
    }
}
