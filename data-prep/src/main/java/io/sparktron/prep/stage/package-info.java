/**
 * What the stages of the pipeline share: paths, and rows that are made as they are asked for.
 */
package io.sparktron.prep.stage;
