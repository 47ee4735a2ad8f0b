package io.sparktron.convert;

import io.sparktron.checkpoint.CheckpointMetadata;
import io.sparktron.model.ModelConfig;
import io.sparktron.tokenizer.ByteAlphabet;
import io.sparktron.tokenizer.BytePairTokenizer;
import io.sparktron.tokenizer.BytePairVocabulary;
import io.sparktron.tokenizer.Gpt2Tokenizer;
import io.sparktron.tokenizer.WordPieceTokenizer;
import io.sparktron.tokenizer.WordPieceVocabulary;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which tokenizer a model's ids are of. A dataset fits a model if both name the same tokenizer, with as many ids and the same end-of-text. GPT-2's own is
 * recognised by its tokens, or, in a folder without tokenizer files, by its number of ids and its end-of-text; one with a byte-level vocabulary and merges has a name by their
 * digest, as that of a dataset has; any other needs a name ({@code
 * convert.tokenizer}), the one that the manifests of its datasets have. That of BERT is told by its {@value TokenizerFiles#PIECES}, as that of a dataset is by its
 * vocabulary, and [SEP] closes its texts.
 *
 * @param why how it was found out, for people
 */
record ImportedTokenizer(CheckpointMetadata.Tokenizer tokenizer, String why) {
    /**
     * @throws InvalidInputException if the name is needed, or contradicts the files
     */
    static ImportedTokenizer of(ConvertRequest request, HuggingFaceModel model, TokenizerFiles files)
            throws IOException {
        int vocabulary = model.model().vocabulary();
        int endOfText = endOfText(request, model, files);
        if (model.model().family() == ModelConfig.Family.BERT) {
            return ofPieces(request, model, files, endOfText);
        }
        Optional<Map<String, Integer>> tokens = files.tokens(vocabulary);
        if (request.tokenizer().isPresent()) {
            String name = request.tokenizer().get();
            if (name.equals(Gpt2Tokenizer.NAME)) {
                requireGpt2(vocabulary, endOfText, tokens);
            }
            return new ImportedTokenizer(
                    new CheckpointMetadata.Tokenizer(name, vocabulary, endOfText), "as " + Convert.TOKENIZER + " says");
        }
        Optional<String> difference = difference(vocabulary, endOfText, tokens);
        Optional<String> bytePairs = difference.isPresent() ? bytePairs(model, files, endOfText) : Optional.empty();
        if (bytePairs.isPresent()) {
            return new ImportedTokenizer(
                    new CheckpointMetadata.Tokenizer(bytePairs.get(), vocabulary, endOfText),
                    "by its byte-level vocabulary and merges");
        }
        if (difference.isPresent()) {
            throw new InvalidInputException(Convert.TOKENIZER + " is not set, and the tokenizer of " + model.folder()
                    + " is not " + Gpt2Tokenizer.NAME + ": " + difference.get()
                    + "; legal: the name that tokenizer.name has in the manifests of this model's datasets");
        }
        return new ImportedTokenizer(
                new CheckpointMetadata.Tokenizer(Gpt2Tokenizer.NAME, vocabulary, endOfText),
                tokens.isPresent()
                        ? "by its tokens"
                        : "by its number of ids and its end-of-text, as there are no tokenizer files");
    }

    /** The name of a byte-level encoding that is told whole by files which we can read; empty if the model's is another. */
    private static Optional<String> bytePairs(HuggingFaceModel model, TokenizerFiles files, int endOfText)
            throws IOException {
        return files.bytePairs()
                        .filter(found -> found.size() == model.model().vocabulary() && found.endOfText() == endOfText)
                        .isPresent()
                ? Optional.of(CheckpointMetadata.Tokenizer.withDigest(
                        BytePairTokenizer.NAME, BytePairVocabulary.digest(files.folder(), files.hadoop())))
                : Optional.empty();
    }

    private static ImportedTokenizer ofPieces(
            ConvertRequest request, HuggingFaceModel model, TokenizerFiles files, int endOfText) throws IOException {
        int vocabulary = model.model().vocabulary();
        if (request.tokenizer().isPresent()) {
            return new ImportedTokenizer(
                    new CheckpointMetadata.Tokenizer(request.tokenizer().get(), vocabulary, endOfText),
                    "as " + Convert.TOKENIZER + " says");
        }
        WordPieceVocabulary pieces = files.pieces()
                .orElseThrow(
                        () -> new InvalidInputException(
                                Convert.TOKENIZER + " is not set, and " + model.folder()
                                        + " has no " + TokenizerFiles.PIECES + "; legal: that file in the folder, or "
                                        + CheckpointMetadata.Tokenizer.withDigest(
                                                WordPieceTokenizer.NAME, "0123456789abcdef")
                                        + " with the first digits of tokenizer.vocabularySha256 in the manifests of this model's datasets"));
        if (pieces.size() != vocabulary) {
            throw new InvalidInputException(model.folder() + "/" + TokenizerFiles.PIECES + " has " + pieces.size()
                    + " pieces; legal: " + vocabulary + ", the vocab_size of " + HuggingFaceConfig.FILE
                    + ", or what Megatron-LM pads to that");
        }
        return new ImportedTokenizer(
                new CheckpointMetadata.Tokenizer(
                        CheckpointMetadata.Tokenizer.withDigest(WordPieceTokenizer.NAME, pieces.sha256()),
                        vocabulary,
                        endOfText),
                "by the pieces of its " + TokenizerFiles.PIECES);
    }

    private static Optional<Long> separator(TokenizerFiles files) throws IOException {
        Optional<WordPieceVocabulary> pieces = files.pieces();
        if (pieces.isEmpty()) {
            return Optional.empty();
        }
        OptionalInt id = pieces.get().find(WordPieceVocabulary.SEP);
        return id.isPresent() ? Optional.of((long) id.getAsInt()) : Optional.empty();
    }

    private static int endOfText(ConvertRequest request, HuggingFaceModel model, TokenizerFiles files)
            throws IOException {
        int vocabulary = model.model().vocabulary();
        boolean given = request.endOfText().isPresent();
        long id = given
                ? request.endOfText().getAsInt()
                : (model.model().family() == ModelConfig.Family.BERT ? separator(files) : Optional.<Long>empty())
                        .or(model.config()::endOfText)
                        .orElseThrow(() -> new InvalidInputException(
                                Convert.END_OF_TEXT + " is not set, and config.json of " + model.folder()
                                        + " has no eos_token_id; legal: the id that closes a document, from 0 to "
                                        + (vocabulary - 1)));
        if (id < 0 || id >= vocabulary) {
            throw new InvalidInputException((given ? Convert.END_OF_TEXT : "eos_token_id of " + model.folder())
                    + " = " + id + ", must be from 0 to " + (vocabulary - 1) + "; " + Convert.END_OF_TEXT
                    + " sets the id that closes a document");
        }
        return (int) id;
    }

    private static void requireGpt2(int vocabulary, int endOfText, Optional<Map<String, Integer>> tokens) {
        difference(vocabulary, endOfText, tokens).ifPresent(difference -> {
            throw new InvalidInputException(Convert.TOKENIZER + " = " + Gpt2Tokenizer.NAME + " cannot be this model's: "
                    + difference + "; legal: another name");
        });
    }

    /** What tells it from GPT-2's; empty if nothing does. */
    private static Optional<String> difference(int vocabulary, int endOfText, Optional<Map<String, Integer>> tokens) {
        Gpt2Tokenizer gpt2 = Gpt2Tokenizer.get();
        if (vocabulary != gpt2.vocabulary() || endOfText != gpt2.endOfText()) {
            return Optional.of("it has " + vocabulary + " ids and end-of-text " + endOfText + ", not "
                    + gpt2.vocabulary() + " and " + gpt2.endOfText());
        }
        if (tokens.isEmpty()) {
            return Optional.empty();
        }
        for (int id = 0; id < vocabulary; id++) {
            String token = ByteAlphabet.spell(gpt2.bytes(id));
            if (!Integer.valueOf(id).equals(tokens.get().get(token))) {
                return Optional.of("token " + token + " is not its id " + id);
            }
        }
        return Optional.empty();
    }
}
