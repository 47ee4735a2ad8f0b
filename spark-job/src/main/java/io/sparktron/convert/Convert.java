package io.sparktron.convert;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.model.ModelConfig;
import io.sparktron.storage.Storage;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.util.Locale;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Turns a model of one format into one of the other. */
public final class Convert {
    /** Names of settings, for errors. */
    static final String INPUT = "convert.input";

    static final String OUTPUT = "convert.output";
    static final String FORMAT = "convert.format";
    static final String TOKENIZER = "convert.tokenizer";
    static final String END_OF_TEXT = "convert.end-of-text";

    private Convert() {}

    /**
     * Converts.
     *
     * @param progress receives lines for the person who waits
     * @return what was made, in one line
     * @throws InvalidInputException if the input is no model of a kind that the output can be, or the output is there already
     */
    public static String run(ConvertRequest request, Configuration hadoop, Consumer<String> progress)
            throws IOException {
        Path input = new Path(Storage.qualify(request.input(), hadoop));
        Path output = new Path(Storage.qualify(request.output(), hadoop));
        if (!Storage.exists(input, hadoop)) {
            throw new InvalidInputException(
                    INPUT + " = " + request.input() + " does not exist; legal: a Hugging Face folder or a checkpoint");
        }
        Storage.requireEmpty(OUTPUT, output, hadoop);
        boolean imports = HuggingFaceModel.isOne(input, hadoop);
        Format format = request.format().orElse(imports ? Format.SPARKTRON : Format.HUGGINGFACE);
        if (imports == (format == Format.HUGGINGFACE)) {
            throw new InvalidInputException(FORMAT + " = " + format.name().toLowerCase(Locale.ROOT) + ", but "
                    + request.input() + " has that format already; legal: " + (imports ? "sparktron" : "huggingface"));
        }
        return imports
                ? importFrom(input, output, request, hadoop, progress)
                : exportFrom(input, output, request, hadoop, progress);
    }

    private static String importFrom(
            Path input, Path output, ConvertRequest request, Configuration hadoop, Consumer<String> progress)
            throws IOException {
        HuggingFaceModel model = HuggingFaceModel.open(input, hadoop);
        TokenizerFiles files = new TokenizerFiles(input, hadoop);
        ImportedTokenizer tokenizer = ImportedTokenizer.of(request, model, files);
        progress.accept("reading " + input + ", weights of type " + String.join(", ", model.types()));
        int padding = model.config().model().vocabulary() - model.model().vocabulary();
        if (padding > 0) {
            progress.accept("leaving out " + padding + " ids that only pad the vocabulary: " + TokenizerFiles.PIECES
                    + " has " + model.model().vocabulary() + " pieces");
        }
        progress.accept("tokenizer " + tokenizer.tokenizer().name() + ", " + tokenizer.why());
        new ModelImport(model, hadoop).run(output, tokenizer.tokenizer(), files);
        return output + ": checkpoint of " + describe(model.model());
    }

    private static String exportFrom(
            Path input, Path output, ConvertRequest request, Configuration hadoop, Consumer<String> progress)
            throws IOException {
        if (request.tokenizer().isPresent() || request.endOfText().isPresent()) {
            throw new InvalidInputException((request.tokenizer().isPresent() ? TOKENIZER : END_OF_TEXT)
                    + " is set, but a checkpoint has its own: " + INPUT + " = " + request.input() + "; unset it");
        }
        Checkpoint checkpoint = open(input, hadoop);
        if (checkpoint.metadata().model().family() != ModelConfig.Family.GPT) {
            throw new InvalidInputException(INPUT + " = " + request.input() + " is of family "
                    + checkpoint.metadata().model().family()
                    + ", which is only read from Hugging Face folders; legal: gpt");
        }
        TokenizerFiles files = new TokenizerFiles(new Path(checkpoint.folder()), hadoop);
        progress.accept("reading " + checkpoint.folder() + ", after step "
                + checkpoint.metadata().step());
        if (files.names().isEmpty()) {
            progress.accept("no tokenizer files: the checkpoint carries none of its tokenizer "
                    + checkpoint.metadata().tokenizer().name());
        }
        new GptExport(checkpoint, hadoop).run(output, files);
        return output + ": Hugging Face folder of "
                + describe(checkpoint.metadata().model());
    }

    private static Checkpoint open(Path input, Configuration hadoop) {
        try {
            return Checkpoint.open(input.toString(), hadoop);
        } catch (InvalidInputException e) {
            throw new InvalidInputException(
                    INPUT + " has no config.json, so it is no Hugging Face folder, and as a checkpoint: "
                            + e.getMessage(),
                    e);
        }
    }

    private static String describe(ModelConfig model) {
        return String.format(Locale.ROOT, "a %s: %,d parameters", model.describe(), model.parameters());
    }
}
