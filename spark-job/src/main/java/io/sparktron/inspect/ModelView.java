package io.sparktron.inspect;

import io.sparktron.convert.ModelListing;
import java.io.IOException;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** A model that {@code convert} would read. */
record ModelView(String kind, String path, ModelListing contents) implements Inspection {
    static ModelView of(Path path, Configuration hadoop) throws IOException {
        return new ModelView("huggingface", path.toString(), ModelListing.of(path, hadoop));
    }

    @Override
    public String text() {
        Page page = new Page()
                .line("Hugging Face folder %s", path)
                .model(contents.model())
                .line("  tokenizer: %s", contents.tokenizer())
                .line("  tokenizer files: %s", names(contents.tokenizerFiles()))
                .line("  tensors without anything learned: %s", names(contents.ignored()))
                .line(
                        "  %d tensors, as they are there and as a checkpoint names them",
                        contents.tensors().size())
                .line("");
        for (ModelListing.Source tensor : contents.tensors()) {
            page.line(
                    "  %-36s %-4s %-14s %s  ->  %s",
                    tensor.theirs(), tensor.type(), Arrays.toString(tensor.shape()), tensor.file(), tensor.ours());
        }
        return page.toString();
    }

    private static String names(Iterable<String> names) {
        String all = String.join(" ", names);
        return all.isEmpty() ? "none" : all;
    }
}
