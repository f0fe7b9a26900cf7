import NIOSSL
import Subprocess
import Logging
enum Placeholder {}
