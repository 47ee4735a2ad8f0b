/**
 * Takes evaluation texts out of a corpus: which training documents quote them, what is dropped or cut for it, and how much of each evaluation
 * file the training text holds.
 *
 * <p>How to call it, with {@code documents} = rows that are left after the filters and the duplicates (columns {@code id} and {@code text}; a row
 * without text is passed over) and {@code evaluation} = rows of {@code location} (file and place; hits and
 * overlap are told by file) and {@code text} (one question, article, passage ...):
 *
 * <pre>
 *   suspects      = Suspects.from(documents, evaluation, settings)        reads all text once; worth storing
 *   contamination = Contamination.from(suspects, evaluation, settings)    reads the suspects alone, twice
 *   pieces        = Cuts.apply(text, cuts)                                what is left of a document with cuts, each piece a document
 *   overlap       = OverlapTable.from(kept, evaluation)                   of the documents that are kept, with their cuts
 * </pre>
 *
 * <p>Duplicates must be gone before: an n-gram that many documents share is spared, and copies of one document would make it look common.
 *
 * <p>Sources: T. Brown et al., "Language Models are Few-Shot Learners" (GPT-3), appendix C, for n-grams, cuts and their numbers; A. Radford et
 * al., "Language Models are Unsupervised Multitask Learners" (GPT-2), section 4, and M. Shoeybi et al., "Megatron-LM", for the overlap.
 */
package io.sparktron.prep.contamination;
