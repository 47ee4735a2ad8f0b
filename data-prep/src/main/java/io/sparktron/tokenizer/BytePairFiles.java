package io.sparktron.tokenizer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparktron.tokens.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The files in which Hugging Face keeps a byte-level byte-pair encoding: {@code vocab.json} maps spelled tokens to ids, a line of {@code merges.txt} is a merge, in order of rank, and
 * {@code tokenizer.json} tells both and all else. Bytes are spelled as {@link ByteAlphabet} says.
 */
final class BytePairFiles {
    static final String VOCABULARY = "vocab.json";
    static final String MERGES = "merges.txt";
    static final String TOKENIZER = "tokenizer.json";

    static final List<String> NEEDED = List.of(VOCABULARY, MERGES);
    static final List<String> ALL = List.of(VOCABULARY, MERGES, TOKENIZER);

    private static final String VERSION = "#version";
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private BytePairFiles() {}

    static Map<String, byte[]> write(BytePairVocabulary vocabulary) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (int id = 0; id < vocabulary.size(); id++) {
            ids.put(spelled(vocabulary, id), id);
        }
        List<String> merges = new ArrayList<>();
        for (int rank = 0; rank < vocabulary.merges(); rank++) {
            merges.add(spelled(vocabulary, vocabulary.left(rank)) + ' ' + spelled(vocabulary, vocabulary.right(rank)));
        }
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(VOCABULARY, HuggingFaceJson.bytes(ids));
        files.put(
                MERGES,
                (VERSION + ": 0.2\n" + String.join("\n", merges) + (merges.isEmpty() ? "" : "\n"))
                        .getBytes(StandardCharsets.UTF_8));
        files.put(TOKENIZER, HuggingFaceJson.bytePairs(ids, merges, vocabulary.endOfText()));
        return files;
    }

    private static String spelled(BytePairVocabulary vocabulary, int id) {
        return id == vocabulary.endOfText() ? BytePairVocabulary.END_OF_TEXT : ByteAlphabet.spell(vocabulary.token(id));
    }

    /**
     * @param vocabulary content of {@code vocab.json}
     * @param merges content of {@code merges.txt}
     * @param place folder of both, for messages
     * @throws InvalidInputException if they are damaged, do not fit each other, or are of another kind of tokenizer
     */
    static BytePairVocabulary read(byte[] vocabulary, byte[] merges, String place) {
        return new Reader(place).read(vocabulary, merges);
    }

    private record Reader(String place) {
        BytePairVocabulary read(byte[] vocabulary, byte[] merges) {
            Map<String, Integer> ids = ids(vocabulary);
            byte[][] tokens = tokens(ids);
            Integer endOfText = ids.get(BytePairVocabulary.END_OF_TEXT);
            if (endOfText == null) {
                throw illegal(VOCABULARY, "has no " + BytePairVocabulary.END_OF_TEXT, "one with that token");
            }
            for (byte[] one : ByteAlphabet.inOrder()) {
                if (!ids.containsKey(ByteAlphabet.spell(one))) {
                    throw illegal(
                            VOCABULARY,
                            "has no \"" + ByteAlphabet.spell(one) + "\", which spells byte " + (one[0] & 0xff),
                            "one with all 256 bytes");
                }
            }
            return new BytePairVocabulary(tokens, merges(Utf8Lines.of(merges, place + '/' + MERGES), ids), endOfText);
        }

        private Map<String, Integer> ids(byte[] json) {
            JsonNode root;
            try {
                root = JSON.readTree(Utf8Lines.text(json, place + '/' + VOCABULARY));
            } catch (JsonProcessingException broken) {
                throw new InvalidInputException(
                        place + '/' + VOCABULARY + " is not JSON with each token once: " + broken.getOriginalMessage(),
                        broken);
            }
            if (!root.isObject()) {
                throw illegal(VOCABULARY, "holds no JSON object but " + root.getNodeType(), "tokens and their ids");
            }
            Map<String, Integer> ids = new HashMap<>();
            for (Map.Entry<String, JsonNode> entry : root.properties()) {
                if (!entry.getValue().isInt()) {
                    throw illegal(
                            VOCABULARY, "gives \"" + entry.getKey() + "\" the id " + entry.getValue(), "whole numbers");
                }
                ids.put(entry.getKey(), entry.getValue().intValue());
            }
            return ids;
        }

        private byte[][] tokens(Map<String, Integer> ids) {
            byte[][] tokens = new byte[ids.size()][];
            ids.forEach((spelled, id) -> {
                if (id < 0 || id >= tokens.length) {
                    throw illegal(
                            VOCABULARY,
                            "gives \"" + spelled + "\" the id " + id,
                            "0 to " + (tokens.length - 1) + ", without a gap, as it has " + tokens.length + " tokens");
                }
                if (tokens[id] != null) {
                    throw illegal(VOCABULARY, "gives id " + id + " to two tokens", "another id for \"" + spelled + '"');
                }
                tokens[id] = spelled.equals(BytePairVocabulary.END_OF_TEXT)
                        ? spelled.getBytes(StandardCharsets.US_ASCII)
                        : ByteAlphabet.bytes(spelled)
                                .filter(bytes -> bytes.length > 0)
                                .orElseThrow(() -> illegal(
                                        VOCABULARY,
                                        "has the token \"" + spelled + "\", which spells no bytes",
                                        "tokens of a byte-level encoding, a blank spelled \u0120"));
            });
            return tokens;
        }

        private int[] merges(List<String> lines, Map<String, Integer> ids) {
            TokenIds merges = new TokenIds(3 * lines.size());
            PairRanks ranks = new PairRanks(lines.size());
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                if (line.isEmpty() || i == 0 && line.startsWith(VERSION)) {
                    continue;
                }
                String at = "line " + (i + 1) + " is \"" + line + '"';
                String[] pair = line.split(" ", -1);
                if (pair.length != 2 || pair[0].isEmpty() || pair[1].isEmpty()) {
                    throw illegal(MERGES, at, "two tokens with a blank between them");
                }
                for (String token : List.of(pair[0], pair[1], pair[0] + pair[1])) {
                    if (!ids.containsKey(token)) {
                        throw illegal(MERGES, at + ", but \"" + token + "\" is no token", "those of " + VOCABULARY);
                    }
                }
                int left = ids.get(pair[0]);
                int right = ids.get(pair[1]);
                if (!ranks.put(left, right, i)) {
                    throw illegal(MERGES, at + ", which is there before", "each pair once");
                }
                merges.add(left);
                merges.add(right);
                merges.add(ids.get(pair[0] + pair[1]));
            }
            return merges.toArray();
        }

        private InvalidInputException illegal(String file, String found, String legal) {
            return new InvalidInputException(place + '/' + file + ' ' + found + "; legal: " + legal);
        }
    }
}
