package io.sparktron.convert;

import io.sparktron.model.ModelConfig;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * What {@code convert} would read of a Hugging Face folder.
 *
 * @param tokenizer its name and how it was found out, or what must be set
 * @param tokenizerFiles that would travel with the weights
 * @param tensors in the order in which they would be written
 * @param ignored tensors that hold nothing learned
 */
public record ModelListing(
        ModelConfig model, String tokenizer, List<String> tokenizerFiles, List<Source> tensors, List<String> ignored) {
    /**
     * A tensor.
     *
     * @param ours its name in a checkpoint
     * @param theirs its name in its file
     * @param shape theirs
     */
    public record Source(String ours, String theirs, String type, long[] shape, String file) {}

    /** @throws InvalidInputException if {@code convert} would refuse the folder, for another reason than its values or its tokenizer */
    public static ModelListing of(Path folder, Configuration hadoop) throws IOException {
        HuggingFaceModel model = HuggingFaceModel.open(folder, hadoop);
        TokenizerFiles files = new TokenizerFiles(folder, hadoop);
        List<Source> tensors = new ArrayList<>();
        for (List<HuggingFaceModel.Weight> group : model.parameters()) {
            for (HuggingFaceModel.Weight weight : group) {
                StoredTensor stored = weight.stored();
                tensors.add(new Source(
                        weight.parameter().spec().name(),
                        stored.name(),
                        stored.entry().type(),
                        stored.entry().shape().toArray(),
                        stored.file().getName()));
            }
        }
        return new ModelListing(
                model.model(), tokenizer(folder, model, files), files.names(), tensors, model.ignored());
    }

    private static String tokenizer(Path folder, HuggingFaceModel model, TokenizerFiles files) throws IOException {
        ConvertRequest unset =
                new ConvertRequest(folder.toString(), "", Optional.empty(), Optional.empty(), OptionalInt.empty());
        try {
            ImportedTokenizer found = ImportedTokenizer.of(unset, model, files);
            return found.tokenizer().name() + ", " + found.why();
        } catch (InvalidInputException needsASetting) {
            return needsASetting.getMessage();
        }
    }
}
