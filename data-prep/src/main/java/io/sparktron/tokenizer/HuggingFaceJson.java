package io.sparktron.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code tokenizer.json} of our tokenizers, as Hugging Face's library {@code tokenizers} loads it. Equal vocabularies give equal bytes. */
final class HuggingFaceJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private HuggingFaceJson() {}

    /** UTF-8 JSON in one line. */
    static byte[] bytes(Object value) {
        try {
            return JSON.writeValueAsBytes(value);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("maps, lists and strings are JSON", impossible);
        }
    }

    /** Of a byte-level byte-pair encoding with GPT-2's words; no blank is put before the text. */
    static byte[] bytePairs(Map<String, Integer> ids, List<String> merges, int endOfText) {
        Map<String, Object> byteLevel = new LinkedHashMap<>();
        byteLevel.put("type", "ByteLevel");
        byteLevel.put("add_prefix_space", false);
        byteLevel.put("trim_offsets", true);
        byteLevel.put("use_regex", true);
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("type", "BPE");
        model.put("dropout", null);
        model.put("unk_token", null);
        model.put("continuing_subword_prefix", null);
        model.put("end_of_word_suffix", null);
        model.put("fuse_unk", false);
        model.put("byte_fallback", false);
        model.put("ignore_merges", false);
        model.put("vocab", ids);
        model.put("merges", merges);
        return tokenizer(
                List.of(special(BytePairVocabulary.END_OF_TEXT, endOfText)),
                null,
                byteLevel,
                byteLevel,
                byteLevel,
                model);
    }

    /** Of a WordPiece vocabulary; a sample's special pieces are put there by whoever makes samples. */
    static byte[] wordPieces(WordPieceVocabulary vocabulary, boolean lowerCase) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (int id = 0; id < vocabulary.size(); id++) {
            ids.put(vocabulary.piece(id), id);
        }
        List<Map<String, Object>> added = new ArrayList<>();
        for (String special : WordPieceVocabulary.SPECIAL) {
            added.add(special(special, ids.get(special)));
        }
        Map<String, Object> decoder = new LinkedHashMap<>();
        decoder.put("type", "WordPiece");
        decoder.put("prefix", WordPieceVocabulary.CONTINUATION);
        decoder.put("cleanup", false);
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("type", "WordPiece");
        model.put("unk_token", WordPieceVocabulary.UNKNOWN);
        model.put("continuing_subword_prefix", WordPieceVocabulary.CONTINUATION);
        model.put("max_input_chars_per_word", WordPieceTokenizer.LONGEST_WORD);
        model.put("vocab", ids);
        return tokenizer(added, normalizer(lowerCase), Map.of("type", "BertPreTokenizer"), null, decoder, model);
    }

    /** The steps of {@link BasicTokenizer}, for which one of theirs is not enough: it would leave out form NFC, and the sigma that ends a word. */
    private static Map<String, Object> normalizer(boolean lowerCase) {
        List<Map<String, Object>> steps = new ArrayList<>();
        steps.add(bertNormalizer(true, false));
        if (lowerCase) {
            Map<String, Object> sigma = new LinkedHashMap<>();
            sigma.put("type", "Replace");
            sigma.put("pattern", Map.of("Regex", "(?<=[\\p{L}\\p{M}])" + BasicTokenizer.SIGMA + "(?![\\p{L}\\p{M}])"));
            sigma.put("content", String.valueOf(BasicTokenizer.FINAL_SIGMA));
            steps.add(sigma);
            steps.add(bertNormalizer(false, true));
        } else {
            steps.add(Map.of("type", "NFC"));
        }
        Map<String, Object> sequence = new LinkedHashMap<>();
        sequence.put("type", "Sequence");
        sequence.put("normalizers", steps);
        return sequence;
    }

    private static Map<String, Object> bertNormalizer(boolean clean, boolean lowerCase) {
        Map<String, Object> normalizer = new LinkedHashMap<>();
        normalizer.put("type", "BertNormalizer");
        normalizer.put("clean_text", clean);
        normalizer.put("handle_chinese_chars", clean);
        normalizer.put("strip_accents", lowerCase);
        normalizer.put("lowercase", lowerCase);
        return normalizer;
    }

    private static Map<String, Object> special(String content, int id) {
        Map<String, Object> token = new LinkedHashMap<>();
        token.put("id", id);
        token.put("content", content);
        token.put("single_word", false);
        token.put("lstrip", false);
        token.put("rstrip", false);
        token.put("normalized", false);
        token.put("special", true);
        return token;
    }

    private static byte[] tokenizer(
            List<Map<String, Object>> added,
            Map<String, Object> normalizer,
            Map<String, Object> preTokenizer,
            Map<String, Object> postProcessor,
            Map<String, Object> decoder,
            Map<String, Object> model) {
        Map<String, Object> tokenizer = new LinkedHashMap<>();
        tokenizer.put("version", "1.0");
        tokenizer.put("truncation", null);
        tokenizer.put("padding", null);
        tokenizer.put("added_tokens", added);
        tokenizer.put("normalizer", normalizer);
        tokenizer.put("pre_tokenizer", preTokenizer);
        tokenizer.put("post_processor", postProcessor);
        tokenizer.put("decoder", decoder);
        tokenizer.put("model", model);
        return bytes(tokenizer);
    }
}
