/** Says why a model of Keras cannot be read. Knows no JSON and no TensorFlow. */

/** What an exporter can always do: a graph has no layers that a reader would have to know. */
export const AS_GRAPH =
  'export it as a graph model: model.export("saved"), then tensorflowjs_converter --input_format=tf_saved_model saved model';

/** Its message is one line for the operator, with what to do. */
export class KerasRefusal extends Error {}
