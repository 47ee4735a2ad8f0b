package io.sparktron.tokens;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Parses and checks {@code manifest.json}; each message names the file, the field, its value and what is legal. */
final class ManifestReader {
    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final TypeReference<Map<String, Object>> ANY_FIELDS = new TypeReference<>() {};

    private static final String TOKENIZER = "tokenizer.";
    private static final String FILES = "files";

    /** Where the JSON came from, for messages. */
    private final String file;

    private ManifestReader(String file) {
        this.file = file;
    }

    static Manifest parse(byte[] json, String file) throws IOException {
        JsonNode root;
        try {
            root = MAPPER.readTree(new String(json, StandardCharsets.UTF_8));
        } catch (JsonProcessingException broken) {
            throw new InvalidInputException(
                    file + " is not JSON: " + broken.getOriginalMessage() + " (legal: a JSON object)", broken);
        }
        if (!root.isObject()) {
            throw new InvalidInputException(file + " holds no JSON object but " + root.getNodeType());
        }
        return new ManifestReader(file).manifest(root);
    }

    private Manifest manifest(JsonNode root) {
        String format = text(root, "", "format");
        if (!format.equals(Manifest.FORMAT)) {
            throw illegal("format", '"' + format + '"', '"' + Manifest.FORMAT + '"');
        }
        long version = whole(root, "", "version", 1, Integer.MAX_VALUE);
        if (version != Manifest.VERSION) {
            throw illegal("version", version, Manifest.VERSION);
        }
        String family = text(root, "", "family");
        if (!family.equals(Manifest.GPT) && !family.equals(Manifest.BERT)) {
            throw illegal("family", '"' + family + '"', "\"gpt\" or \"bert\"");
        }
        int sequence = (int) whole(root, "", "sequence", 1, Integer.MAX_VALUE - 1);
        long samples = whole(root, "", "samples", 1, Long.MAX_VALUE);
        return new Manifest(
                family,
                sequence,
                samples,
                tokenizer(object(root, "tokenizer"), family.equals(Manifest.BERT)),
                files(root, samples),
                counts(root),
                provenance(root));
    }

    private Manifest.Vocabulary tokenizer(JsonNode node, boolean bert) {
        String name = text(node, TOKENIZER, "name");
        int vocabulary = (int) whole(node, TOKENIZER, "vocabulary", 1, Integer.MAX_VALUE);
        Manifest.WordPieces pieces = bert ? wordPieces(node, vocabulary) : null;
        int endOfText = bert && !isGiven(node, "endOfText") ? pieces.sep() : id(node, "endOfText", vocabulary);
        return new Manifest.Vocabulary(name, vocabulary, endOfText, pieces, tokenizerFiles(node));
    }

    private SortedMap<String, String> tokenizerFiles(JsonNode node) {
        SortedMap<String, String> digests = new TreeMap<>();
        if (isGiven(node, FILES)) {
            JsonNode files = node.get(FILES);
            if (!files.isObject()) {
                throw illegal(TOKENIZER + FILES, files, "a JSON object of names and digests");
            }
            for (Map.Entry<String, JsonNode> file : files.properties()) {
                if (!file.getKey().matches("[A-Za-z0-9_-][A-Za-z0-9._-]*")) {
                    throw illegal(
                            TOKENIZER + FILES, '"' + file.getKey() + '"', "names of files in the dataset's folder");
                }
                required(files, TOKENIZER + FILES + '.', file.getKey());
                digests.put(file.getKey(), digest(files, TOKENIZER + FILES + '.', file.getKey()));
            }
        }
        return digests;
    }

    private Manifest.WordPieces wordPieces(JsonNode node, int vocabulary) {
        int pad = id(node, "pad", vocabulary);
        int cls = id(node, "cls", vocabulary);
        int sep = id(node, "sep", vocabulary);
        int mask = id(node, "mask", vocabulary);
        if (cls == sep || cls == mask || sep == mask) {
            throw illegal(
                    TOKENIZER + "mask", mask, "another id than cls = " + cls + " and sep = " + sep + ", which differ");
        }
        return new Manifest.WordPieces(
                pad,
                cls,
                sep,
                mask,
                !isGiven(node, "lowerCase") || flag(node, TOKENIZER, "lowerCase"),
                insideFolder(node, TOKENIZER, "vocabularyFile"),
                digest(node, TOKENIZER, "vocabularySha256"));
    }

    private int id(JsonNode tokenizer, String field, int vocabulary) {
        return (int) whole(tokenizer, TOKENIZER, field, 0, vocabulary - 1);
    }

    private List<Manifest.DataFile> files(JsonNode root, long samples) {
        JsonNode array = required(root, "", "files");
        if (!array.isArray() || array.isEmpty()) {
            throw illegal("files", array, "a list of at least one file");
        }
        List<Manifest.DataFile> files = new ArrayList<>();
        long next = 0;
        for (int i = 0; i < array.size(); i++) {
            String at = "files[" + i + "].";
            Manifest.DataFile data = dataFile(array.get(i), at);
            if (!files.isEmpty() && files.get(i - 1).path().compareTo(data.path()) >= 0) {
                throw illegal(
                        at + "path",
                        data.path(),
                        "a name after " + files.get(i - 1).path() + ", in name order");
            }
            if (data.firstSample() != next) {
                throw illegal(
                        at + "firstSample",
                        data.firstSample(),
                        next + ", as the files before it hold " + next + " samples");
            }
            if (data.samples() > samples - next) {
                throw illegal(
                        at + "samples",
                        data.samples(),
                        "at most " + (samples - next) + " of the " + samples + " samples");
            }
            next += data.samples();
            files.add(data);
        }
        if (next != samples) {
            throw illegal("samples", samples, next + ", the sum over its files");
        }
        return files;
    }

    private Manifest.DataFile dataFile(JsonNode node, String at) {
        if (!node.isObject()) {
            throw illegal(at.substring(0, at.length() - 1), node, "a JSON object");
        }
        String path = insideFolder(node, at, "path");
        long firstSample = whole(node, at, "firstSample", 0, Long.MAX_VALUE);
        long samples = whole(node, at, "samples", 1, Long.MAX_VALUE);
        String sha256 = digest(node, at, "sha256");
        Long bytes = isGiven(node, "bytes") ? whole(node, at, "bytes", 1, Long.MAX_VALUE) : null;
        return new Manifest.DataFile(path, firstSample, samples, sha256, bytes);
    }

    private Manifest.Counts counts(JsonNode root) {
        if (!isGiven(root, "counts")) {
            return null;
        }
        JsonNode node = object(root, "counts");
        return new Manifest.Counts(
                whole(node, "counts.", "documents", 0, Long.MAX_VALUE),
                whole(node, "counts.", "characters", 0, Long.MAX_VALUE),
                whole(node, "counts.", "tokens", 0, Long.MAX_VALUE),
                whole(node, "counts.", "tailTokens", 0, Long.MAX_VALUE));
    }

    private Map<String, Object> provenance(JsonNode root) {
        if (!isGiven(root, "provenance")) {
            return Map.of();
        }
        Map<String, Object> fields = MAPPER.convertValue(object(root, "provenance"), ANY_FIELDS);
        fields.values().removeIf(value -> value == null);
        return fields;
    }

    private String insideFolder(JsonNode node, String at, String field) {
        String path = text(node, at, field);
        if (path.startsWith("/")
                || path.contains(":")
                || List.of(path.split("/", -1)).contains("..")) {
            throw illegal(at + field, '"' + path + '"', "a name inside the dataset's folder");
        }
        return path;
    }

    /** Null if it is not given. */
    private String digest(JsonNode node, String at, String field) {
        String sha256 = isGiven(node, field) ? text(node, at, field) : null;
        if (sha256 != null && !sha256.matches("[0-9a-f]{64}")) {
            throw illegal(at + field, '"' + sha256 + '"', "64 lower-case hexadecimal digits");
        }
        return sha256;
    }

    private boolean flag(JsonNode node, String at, String field) {
        JsonNode value = required(node, at, field);
        if (!value.isBoolean()) {
            throw illegal(at + field, value, "true or false");
        }
        return value.booleanValue();
    }

    private static boolean isGiven(JsonNode node, String field) {
        return node.hasNonNull(field);
    }

    private JsonNode required(JsonNode node, String at, String field) {
        if (!isGiven(node, field)) {
            throw new InvalidInputException(file + " lacks the required field \"" + at + field + '"');
        }
        return node.get(field);
    }

    private JsonNode object(JsonNode root, String field) {
        JsonNode node = required(root, "", field);
        if (!node.isObject()) {
            throw illegal(field, node, "a JSON object");
        }
        return node;
    }

    private String text(JsonNode node, String at, String field) {
        JsonNode value = required(node, at, field);
        if (!value.isTextual() || value.textValue().isBlank()) {
            throw illegal(at + field, value, "a string that is not empty");
        }
        return value.textValue();
    }

    private long whole(JsonNode node, String at, String field, long least, long most) {
        JsonNode value = required(node, at, field);
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.longValue() < least
                || value.longValue() > most) {
            throw illegal(at + field, value, "a whole number from " + least + " to " + most);
        }
        return value.longValue();
    }

    private InvalidInputException illegal(String field, Object value, Object legal) {
        return new InvalidInputException(file + ": field \"" + field + "\" is " + value + "; legal: " + legal);
    }
}
