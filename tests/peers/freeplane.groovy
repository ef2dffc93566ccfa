// Runs when Freeplane has started: saves the map that was opened under another name, and tells which dialogs are open.
import java.awt.Dialog
import java.awt.Window
import java.awt.event.ActionListener
import javax.swing.Timer

def target = new File(System.getenv("ROUNDTRIP_TARGET"))
def timer = null
timer = new Timer(200, { event ->
    def dialogs = Window.windows.findAll { it instanceof Dialog && it.showing }
    def map = c.openMindMaps.find { it.file != null }
    if (map == null && dialogs.empty) return
    timer.stop()
    if (map != null) map.saveAs(target)
    def report = new File(target.path + ".part")
    report.setText(dialogs.collect { "${it.title}" }.join("\n"), "UTF-8")
    report.renameTo(new File(target.path + ".done"))
} as ActionListener)
timer.start()
