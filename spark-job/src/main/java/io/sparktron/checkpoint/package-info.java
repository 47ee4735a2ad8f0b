/**
 * One logical checkpoint, whatever the layout that wrote it: a folder of safetensors shards and, written last, a manifest that says where every part of every
 * logical tensor lies. Any layout loads any.
 */
package io.sparktron.checkpoint;
