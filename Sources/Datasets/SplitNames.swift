/// What people call the folders and files of a data set's parts.
enum SplitNames {
    static let training = ["train", "training"]
    static let validation = ["validation", "valid", "val", "test", "testing"]
    static var all: [String] { training + validation }
}
