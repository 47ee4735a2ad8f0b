package io.sparktron.tokenizer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Small tokenizers trained on {@code trained-corpus.txt}, a text of many scripts. */
final class TrainedTokenizers {
    private TrainedTokenizers() {}

    /** Writes the files of each into a folder of its name, for make_trained.py. @param args the folder */
    public static void main(String[] args) throws IOException {
        for (Map.Entry<String, Tokenizer> entry : all().entrySet()) {
            Path folder = Files.createDirectories(Path.of(args[0], entry.getKey()));
            for (Map.Entry<String, byte[]> file : entry.getValue().files().entrySet()) {
                Files.write(folder.resolve(file.getKey()), file.getValue());
            }
        }
    }

    static Map<String, Tokenizer> all() throws IOException {
        Map<String, Tokenizer> all = new LinkedHashMap<>();
        all.put("bpe", bytePairs());
        all.put("uncased", wordPieces(true));
        all.put("cased", wordPieces(false));
        return all;
    }

    static BytePairTokenizer bytePairs() throws IOException {
        Map<String, Long> counts = new HashMap<>();
        for (String line : corpus()) {
            BytePairTraining.count(line).forEach((word, count) -> counts.merge(word, count, Long::sum));
        }
        return new BytePairTokenizer(BytePairTraining.train(counts, 600));
    }

    static WordPieceTokenizer wordPieces(boolean lowerCase) throws IOException {
        Map<String, Long> counts = new HashMap<>();
        for (String line : corpus()) {
            WordPieceTokenizer.words(line, lowerCase, word -> counts.merge(word, 1L, Long::sum));
        }
        return new WordPieceTokenizer(WordPieceTraining.train(counts, 700), lowerCase);
    }

    static List<String> corpus() throws IOException {
        try (InputStream in = TrainedTokenizers.class.getResourceAsStream("trained-corpus.txt")) {
            return new ArrayList<>(List.of(new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")));
        }
    }
}
