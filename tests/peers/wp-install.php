<?php
// Installs the site and prints an application password of its administrator.
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = 'localhost';
require getenv('WP_FOLDER') . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
add_filter('pre_wp_mail', '__return_true');
wp_install('Reef Watch', 'admin', 'admin@example.test', true, '', getenv('WP_PASSWORD'));
update_option('permalink_structure', '/%postname%/');
if (wp_get_theme(getenv('WP_THEME'))->exists()) {
    switch_theme(getenv('WP_THEME'));
}
echo WP_Application_Passwords::create_new_application_password(1, ['name' => 'crosscut'])[0];
