package io.sparktron.data;

import java.nio.ByteBuffer;

/**
 * Samples of BERT, masked, each filled up to s. All buffers are direct and little-endian.
 *
 * @param positions [b]
 * @param targets labels that are not -100, at least one a sample
 * @param tokens INT32 [b, s]: {@code [CLS] A [SEP] B [SEP]}, then padding
 * @param types INT32 [b, s]: 1 from where B starts to its [SEP], else 0, also in the padding
 * @param labels INT32 [b, s]: the id to be predicted; -100 where none is, also in the padding
 * @param lengths INT32 [b]: ids before the padding
 * @param classes INT32 [b]: 1 if B came before A in the text, else 0
 */
public record BertBatch(
        long[] positions,
        long targets,
        ByteBuffer tokens,
        ByteBuffer types,
        ByteBuffer labels,
        ByteBuffer lengths,
        ByteBuffer classes)
        implements Batch {}
