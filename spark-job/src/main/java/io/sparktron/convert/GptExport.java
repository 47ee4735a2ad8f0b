package io.sparktron.convert;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.checkpoint.NamedTensor;
import io.sparktron.checkpoint.Safetensors;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.model.ModelConfig;
import io.sparktron.parallel.Box;
import io.sparktron.storage.Storage;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** From a checkpoint's weights to a folder that transformers' {@code GPT2LMHeadModel.from_pretrained} loads, float32 in one file. */
final class GptExport {
    /** Bytes that are written at once. */
    private static final int PIECE = 1 << 22;

    private final Checkpoint checkpoint;
    private final Configuration hadoop;

    GptExport(Checkpoint checkpoint, Configuration hadoop) {
        this.checkpoint = checkpoint;
        this.hadoop = hadoop;
    }

    /** Writes the folder, {@code config.json} last: without it, it is no model. What fails leaves no weights behind. */
    void run(Path output, TokenizerFiles files) throws IOException {
        boolean made = !Storage.exists(output, hadoop);
        Storage.makeFolder(Convert.OUTPUT, output, hadoop);
        List<Path> written = new ArrayList<>();
        try {
            Path weights = new Path(output, HuggingFaceWeights.FILE);
            written.add(weights);
            writeWeights(weights);
            for (String name : files.names()) {
                written.add(new Path(output, name));
                Storage.replace(new Path(output, name), files.content(name), hadoop);
            }
            Storage.replace(new Path(output, HuggingFaceConfig.FILE), config(), hadoop);
        } catch (IOException | RuntimeException e) {
            for (Path file : written) {
                Storage.delete(file, hadoop);
            }
            if (made) {
                Storage.delete(output, hadoop);
            }
            throw e;
        }
    }

    private void writeWeights(Path file) throws IOException {
        List<HuggingFaceTensor> tensors = HuggingFaceTensor.all(
                        checkpoint.metadata().model())
                .stream()
                .flatMap(List::stream)
                .toList();
        Map<String, Safetensors.Entry> entries = new LinkedHashMap<>();
        long end = 0;
        for (HuggingFaceTensor tensor : tensors) {
            long bytes = tensor.shape().elements() * Float.BYTES;
            entries.put(
                    HuggingFaceTensor.PREFIX + tensor.name(), new Safetensors.Entry("F32", tensor.shape(), end, bytes));
            end += bytes;
        }
        try (HostDevice device = new HostDevice(1);
                OutputStream out = Storage.create(file, false, hadoop)) {
            Queue queue = device.newQueue("convert");
            out.write(Safetensors.header(entries, Map.of("format", "pt"))); // without it, transformers refuses the file
            for (HuggingFaceTensor tensor : tensors) {
                Shape shape = tensor.spec().global();
                String name = tensor.spec().name();
                try (HostMemory memory = HostMemory.allocate(name, shape.elements() * Float.BYTES)) {
                    Tensor whole = new Tensor(memory, 0, DType.FLOAT32, shape);
                    checkpoint.load(List.of(new NamedTensor(name, shape, Box.whole(shape), whole, true)), queue);
                    write(tensor, memory, out);
                }
            }
        }
    }

    /** Writes float32, [in, out] of our [out, in] where the parameter is transposed. */
    private static void write(HuggingFaceTensor tensor, HostMemory ours, OutputStream out) throws IOException {
        long rows =
                tensor.transposed() ? tensor.shape().extent(0) : tensor.shape().elements(); // in
        int columns = tensor.transposed() ? Math.toIntExact(tensor.shape().extent(1)) : 1; // out
        int most = Math.max(1, PIECE / (columns * Float.BYTES));
        ByteBuffer piece = ByteBuffer.allocate(Math.multiplyExact(most, columns * Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (long first = 0; first < rows; first += most) {
            int count = (int) Math.min(most, rows - first);
            for (int column = 0; column < columns; column++) {
                long at = (column * rows + first) * Float.BYTES;
                ByteBuffer window = ours.window(at);
                int start = HostMemory.inWindow(at);
                for (int row = 0; row < count; row++) {
                    int value = window.getInt(start + row * Integer.BYTES);
                    piece.putInt((row * columns + column) * Integer.BYTES, value);
                }
            }
            out.write(piece.array(), 0, count * columns * Integer.BYTES);
        }
    }

    private byte[] config() throws IOException {
        ModelConfig model = checkpoint.metadata().model();
        int endOfText = checkpoint.metadata().tokenizer().endOfText();
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("model_type", "gpt2");
        config.put("architectures", List.of("GPT2LMHeadModel"));
        config.put("activation_function", "gelu_new");
        config.put("layer_norm_epsilon", 1e-5);
        config.put("tie_word_embeddings", true);
        config.put("dtype", "float32");
        config.put("n_layer", model.layers());
        config.put("n_embd", model.hidden());
        config.put("n_head", model.heads());
        config.put("n_positions", model.positions());
        config.put("vocab_size", model.vocabulary());
        config.put("bos_token_id", endOfText);
        config.put("eos_token_id", endOfText);
        return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(config);
    }
}
