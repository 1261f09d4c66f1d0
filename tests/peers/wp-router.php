<?php
// For PHP's own web server: files as they are, PHP files run as themselves, everything else through WordPress.
$root = $_SERVER['DOCUMENT_ROOT'];
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if (is_dir($root . $path) && is_file($root . rtrim($path, '/') . '/index.php') && $path !== '/') {
    $path = rtrim($path, '/') . '/index.php';
}
$file = $root . $path;
if (is_file($file) && substr($path, -4) !== '.php') {
    return false;
}
$script = is_file($file) ? $path : '/index.php';
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = $script;
$_SERVER['SCRIPT_FILENAME'] = $root . $script;
chdir(dirname($root . $script));
require $root . $script;
