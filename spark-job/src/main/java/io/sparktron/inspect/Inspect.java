package io.sparktron.inspect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.convert.HuggingFaceModel;
import io.sparktron.data.TokenDataset;
import io.sparktron.storage.Storage;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Recognises what lies in a folder and looks at it; changes nothing. */
public final class Inspect {
    private static final String MANIFEST = "manifest.json"; // of datasets and checkpoints alike

    private Inspect() {}

    /**
     * Looks.
     *
     * @throws InvalidInputException if there is nothing that we know, what there is is damaged, or what was asked for is not a thing of its kind
     */
    public static Inspection run(InspectRequest request, Configuration hadoop) throws IOException {
        Path path = new Path(Storage.qualify(request.path(), hadoop));
        if (!Storage.exists(path, hadoop)) {
            throw new InvalidInputException("inspect.path = " + request.path() + " does not exist");
        }
        if (HuggingFaceModel.isOne(path, hadoop)) {
            requireUnset(request, "a Hugging Face folder", false, false);
            return ModelView.of(path, hadoop);
        }
        if (Storage.exists(new Path(path, MANIFEST), hadoop)) {
            return byManifest(path, request, hadoop);
        }
        if (Storage.exists(new Path(path, "run.json"), hadoop)
                || Storage.exists(new Path(path, "checkpoints"), hadoop)) {
            requireUnset(request, "a run folder", false, false);
            return RunView.of(path, hadoop);
        }
        throw new InvalidInputException(
                "inspect.path = " + request.path() + " holds nothing known; legal: a token dataset or a checkpoint"
                        + " (manifest.json; what prep makes holds two datasets, train and validation), a run folder (run.json or checkpoints),"
                        + " or a Hugging Face folder (config.json)");
    }

    private static Inspection byManifest(Path path, InspectRequest request, Configuration hadoop) throws IOException {
        String format = format(new Path(path, MANIFEST), hadoop);
        if (format.equals(Manifest.FORMAT)) {
            requireUnset(request, "a token dataset", true, false);
            TokenDataset dataset = TokenDataset.open(path.toString(), hadoop);
            return dataset.isBert()
                    ? BertDatasetView.of(dataset, request.sample(), hadoop)
                    : DatasetView.of(dataset, request.sample(), hadoop);
        }
        requireUnset(request, "a checkpoint", false, true);
        return CheckpointView.of(Checkpoint.open(path.toString(), hadoop), request.statistics());
    }

    private static String format(Path file, Configuration hadoop) throws IOException {
        try {
            return new ObjectMapper()
                    .readTree(Storage.read(file, hadoop))
                    .path("format")
                    .asText();
        } catch (JsonProcessingException e) {
            throw new InvalidInputException(file + " is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static void requireUnset(InspectRequest request, String kind, boolean hasSamples, boolean hasStatistics) {
        if (request.sample().isPresent() && !hasSamples) {
            throw unfit("inspect.sample", request, kind, "a token dataset");
        }
        if (request.statistics() && !hasStatistics) {
            throw unfit("inspect.statistics", request, kind, "a checkpoint");
        }
    }

    private static InvalidInputException unfit(String key, InspectRequest request, String kind, String legal) {
        return new InvalidInputException(
                key + " is set, but inspect.path = " + request.path() + " is " + kind + "; legal: with " + legal);
    }
}
