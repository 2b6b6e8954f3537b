/// A model in a folder.
public enum ModelFolder {
    static let weightsFile = "model.safetensors"
}
